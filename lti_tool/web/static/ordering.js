// Giving a step the place of another one swaps the two, so that every place stays given once.
const selects = [...document.querySelectorAll(".rank select")];
let places = placesNow();
let entered = null;
let before = places; // as they were when the select in use was entered: the arrow keys pass by other places

function placesNow() {
  return new Map(selects.map((select) => [select, select.value]));
}

function enter(select) {
  if (entered === select) return;
  entered = select;
  before = places;
}

function swap(select) {
  for (const other of selects) {
    if (other === select) continue;
    const place = before.get(other);
    other.value = select.value !== "" && place === select.value ? before.get(select) : place;
  }
  places = placesNow();
}

for (const select of selects) {
  select.addEventListener("focus", () => enter(select));
  select.addEventListener("blur", () => (entered = null));
  select.addEventListener("input", () => {
    enter(select);
    swap(select);
  });
}
