// Ticking a group ticks what is in it, and the button says how many are ticked. Without this the page does as well:
// the tick of a group carries the names of all it stands for.
const form = document.querySelector("#picker");
const ticks = [...form.querySelectorAll("input[type=checkbox]")];
const isGroup = (tick) => tick.value.includes(" ");
const singles = new Map(ticks.filter((tick) => !isGroup(tick)).map((tick) => [tick.value, tick]));
const members = (group) => group.value.split(" ").map((node) => singles.get(node)).filter(Boolean);

const show = () => {
  for (const group of ticks.filter(isGroup)) {
    const inside = members(group);
    group.checked = inside.every((tick) => tick.checked);
    group.indeterminate = !group.checked && inside.some((tick) => tick.checked);
  }
  const count = [...singles.values()].filter((tick) => tick.checked).length;
  form.querySelector("[data-count]").textContent = count ? ` (${count})` : "";
};

form.addEventListener("change", ({ target }) => {
  if (isGroup(target)) members(target).forEach((tick) => { tick.checked = target.checked; });
  show();
});
show();
