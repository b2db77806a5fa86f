// The clock of a simulation. Every window that shows the same simulation in this browser shares it: whoever presses
// a button tells the others, and a window that has just opened asks.
const board = document.querySelector("#simulation");
const total = Number(board.dataset.seconds);
const feed = document.querySelector("#feed");
const arriving = [...(document.querySelector("#arriving")?.content.children ?? [])];
const rows = [...board.querySelectorAll("tr[data-at]")];
const run = document.querySelector("#run");
const restart = document.querySelector("#restart");
const said = document.querySelector("#said");
const channel = new BroadcastChannel(`simulation-${board.dataset.id}`);

// `at`: seconds when the clock last stopped or started; `since`: when it started (ms), null while it stands still;
// `told`: when a button was pressed (ms), so that the latest word counts. Kept over a reload of the page.
let state = window.history.state?.simulation ?? { at: 0, since: null, told: 0 };

function elapsed() {
  const gone = state.since === null ? 0 : (Date.now() - state.since) / 1000;
  return Math.min(total, Math.max(0, state.at + gone));
}

function mark(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function accept(next) {
  state = next;
  window.history.replaceState({ ...window.history.state, simulation: state }, "");
  show();
}

function tell(at, since) {
  accept({ at, since, told: Date.now() });
  channel.postMessage(state);
}

function startOrPause() {
  if (elapsed() < total) tell(elapsed(), state.since === null ? Date.now() : null);
}

function fromTheBeginning() {
  if (!restart.disabled) tell(0, null);
}

function showFeed(now) {
  const due = arriving.filter((line) => Number(line.dataset.at) <= now);
  if (due.length < feed.children.length) feed.replaceChildren();
  const fresh = due.slice(feed.children.length);
  feed.append(...fresh.map((line) => line.cloneNode(true)));
  if (fresh.length) feed.scrollTop = feed.scrollHeight;
}

function showRows(now) {
  const past = rows.filter((row) => Number(row.dataset.at) <= now);
  for (const row of rows) row.classList.toggle("is-past", past.includes(row));
  const coming = rows.filter((row) => !past.includes(row)).sort((a, b) => a.dataset.at - b.dataset.at);
  const next = document.querySelector("#next");
  next.textContent = coming.length ? coming[0].dataset.name : next.dataset.none;
}

function show() {
  const now = elapsed();
  const running = state.since !== null && now < total;
  document.querySelector("#clock").textContent = mark(now);
  run.textContent = running ? run.dataset.pause : now ? run.dataset.resume : run.dataset.start;
  run.disabled = now >= total;
  restart.disabled = running || !now;
  const over = now >= total ? said.dataset.over : "";
  if (said.textContent !== over) said.textContent = over;
  if (feed) showFeed(now);
  else showRows(now);
}

channel.addEventListener("message", ({ data }) => {
  if (data === "?") {
    if (state.told) channel.postMessage(state);
  } else if (data.told > state.told) accept(data);
});

document.addEventListener("keydown", (event) => {
  const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.repeat);
  if (!plain || event.target.closest("a, button, input, summary")) return;
  if (event.key === " ") {
    event.preventDefault(); // it would scroll
    startOrPause();
  } else if (event.key.toLowerCase() === "r") fromTheBeginning();
});

run.addEventListener("click", startOrPause);
restart.addEventListener("click", fromTheBeginning);

const whole = document.querySelector("#whole");
if (whole && document.fullscreenEnabled) {
  whole.hidden = false;
  whole.addEventListener("click", () =>
    document.fullscreenElement ? document.exitFullscreen() : board.requestFullscreen(),
  );
}

document.querySelector(".sim-bar").hidden = false;
if (feed) feed.hidden = false;
channel.postMessage("?");
show();
setInterval(show, 250);
