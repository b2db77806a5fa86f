// Shows the page anew, at the place where it was, as soon as a file of the course has changed.
const shown = document.documentElement.dataset.stamp;
let waiting = false;

async function look() {
  if (waiting || document.hidden) return;
  waiting = true;
  try {
    const answer = await fetch("/state", { cache: "no-store" });
    if ((await answer.json()).stamp !== shown) location.reload();
  } catch {
    // The preview was stopped; the page stays readable and comes back with it.
  } finally {
    waiting = false;
  }
}

setInterval(look, 1000);
document.addEventListener("visibilitychange", look);
