// Tells the LMS that registration is over (LTI Dynamic Registration §3.7); it closes the window.
(window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
