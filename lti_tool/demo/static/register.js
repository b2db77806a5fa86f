// The tool asks to be closed when it has registered (dynamic registration 1.0, section 3.6).
const frame = document.getElementById("registration");
window.addEventListener("message", (event) => {
  if (event.source === frame.contentWindow && event.data?.subject === "org.imsglobal.lti.close") {
    window.location.assign(frame.dataset.next);
  }
});
