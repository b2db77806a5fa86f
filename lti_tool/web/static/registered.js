// Tells the LMS that registration is over, so that it closes the frame or window it opened for it.
(window.opener ?? window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
