// Shows the minutes left; speaks only at ten, five and one.
const shown = document.querySelector("#timer-left");
const voice = document.querySelector("#timer-voice");
const { seconds, over, left, one } = document.querySelector("#timer").dataset;
const end = performance.now() + Number(seconds) * 1000; // not the clock of the computer, which may be wrong
const spoken = new Set([10, 5, 1].filter((minutes) => Number(seconds) < (minutes - 1) * 60));

function words(minutes) {
  return minutes === 1 ? one : left.replace("{n}", minutes);
}

function tick() {
  const minutes = Math.ceil((end - performance.now()) / 60000);
  if (minutes <= 0) {
    window.location.assign(over);
    return;
  }
  shown.textContent = `(${words(minutes)})`;
  if ([10, 5, 1].includes(minutes) && !spoken.has(minutes)) {
    spoken.add(minutes);
    voice.textContent = words(minutes);
  }
  setTimeout(tick, 5000);
}

tick();
