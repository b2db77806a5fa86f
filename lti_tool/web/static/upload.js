// Shows how much of the chosen files has been sent. Without it the same button works, only silently.
const form = document.querySelector("#work-form");
const button = document.querySelector("#upload");
const files = document.querySelector("#file");
const bar = document.querySelector("#upload-bar");
const line = document.querySelector("#upload-state");

form.addEventListener("submit", (event) => {
  if (event.submitter !== button || event.defaultPrevented || !files.files.length) return;
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.open("POST", button.formAction);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.hidden = false;
    bar.value = Math.floor((100 * loaded) / total);
    line.textContent = form.dataset.sent.replace("{percent}", bar.value);
  });
  request.addEventListener("load", () => {
    if (request.status === 200) {
      window.location.assign(JSON.parse(request.responseText).next);
    } else {
      ended(problemIn(request));
      files.value = ""; // or the refused file would be sent again with the next button
    }
  });
  request.addEventListener("error", () => ended(form.dataset.offline));
  button.disabled = true;
  request.send(new FormData(form));
});

function problemIn(request) {
  const json = request.getResponseHeader("Content-Type")?.startsWith("application/json");
  return (json && JSON.parse(request.responseText).problem) || form.dataset.lost;
}

function ended(words) {
  button.disabled = false;
  bar.hidden = true;
  line.textContent = words;
}
