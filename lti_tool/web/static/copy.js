// Buttons that copy what stands in another element; without scripts they stay hidden and people select by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  const told = document.getElementById("copied");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      told.textContent = told.dataset.done;
    } catch {
      getSelection().selectAllChildren(source);
      source.select?.();
      told.textContent = told.dataset.failed;
    }
  });
}
