// Keeps what is typed, a moment after it was typed. Tries again until it arrives; never loses it silently.
const form = document.querySelector("#question, #work-form");
const line = document.querySelector("#save-state");
const token = document.querySelector('meta[name="csrf-token"]').content;

let timer = 0;
let wait = 0;
let running = null;
let dirty = false;
let leaving = null;

function say(words, look = "") {
  line.className = `save-state ${look}`;
  if (line.textContent !== words) line.textContent = words;
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(save, milliseconds);
}

function body() {
  const data = new FormData(form);
  data.delete("file"); // files go with their own button
  data.delete("go");
  return data;
}

async function save() {
  if (running) return later(300);
  dirty = false;
  running = new AbortController();
  const limit = setTimeout(() => running?.abort(), 15000);
  try {
    say(form.dataset.saving);
    const answer = await fetch(form.action, {
      method: "POST",
      body: body(),
      headers: { Accept: "application/json", "X-CSRFToken": token },
      signal: running.signal,
    });
    await heard(answer);
  } catch {
    retry();
  } finally {
    clearTimeout(limit);
    running = null;
    if (leaving) form.requestSubmit(leaving.button);
    leaving = null;
  }
}

async function heard(answer) {
  const json = answer.headers.get("Content-Type")?.startsWith("application/json");
  const told = json ? await answer.json() : {};
  if (answer.ok && told.saved_at) {
    wait = 0;
    say(form.dataset.saved.replace("{time}", told.saved_at));
  } else if (told.next) {
    window.location.assign(told.next); // handed in elsewhere, or the time is over
  } else if (told.problem) {
    wait = 0;
    say(told.problem, "is-refused");
  } else if (answer.status >= 500 || answer.status === 429) {
    retry();
  } else {
    form.submit(); // the session is over or the form too old: the page in answer says what to do
  }
}

function retry() {
  dirty = true;
  wait = Math.min(wait ? wait * 2 : 2000, 30000);
  say(navigator.onLine ? form.dataset.lost : form.dataset.offline, "is-waiting");
  later(wait + Math.random() * 1000);
}

function changed(event) {
  if (event.target.type === "file") return;
  dirty = true;
  wait = 0;
  later(event.type === "change" ? 50 : 1200);
}

form.addEventListener("input", changed);
form.addEventListener("change", changed);
window.addEventListener("online", () => dirty && later(0));
form.addEventListener("submit", (event) => {
  if (!navigator.onLine) {
    event.preventDefault(); // leaving now would show the browser's error page and lose what was typed
    dirty = true;
    say(form.dataset.offline, "is-waiting");
  } else if (running) {
    event.preventDefault(); // the older answer on its way must not arrive after this one
    leaving = { button: event.submitter };
  } else {
    clearTimeout(timer);
    dirty = false;
  }
});
window.addEventListener("beforeunload", (event) => (dirty || running) && event.preventDefault());
