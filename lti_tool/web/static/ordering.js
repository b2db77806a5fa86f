// Giving a step the place of another one swaps the two, so that every place stays given once.
const selects = [...document.querySelectorAll(".rank select")];
const before = new Map(selects.map((select) => [select, select.value]));

for (const select of selects) {
  select.addEventListener("input", () => {
    const other = selects.find((one) => one !== select && select.value !== "" && one.value === select.value);
    if (other) {
      other.value = before.get(select);
      before.set(other, other.value);
    }
    before.set(select, select.value);
  });
}
