// What the reader has unfolded stays unfolded: the server, which writes the page anew while an
// answer grows, doesn't know of it.

const folded = new Map();

export function watchFolds() {
  document.addEventListener("click", (event) => {
    const details = event.target.closest?.("summary")?.parentElement;
    // The click folds it only after this.
    if (details?.dataset.keep) folded.set(details.dataset.keep, !details.open);
  });
}

export function keepFolds() {
  for (const details of document.querySelectorAll("details[data-keep]")) {
    const open = folded.get(details.dataset.keep);
    if (open !== undefined && details.open !== open) details.open = open;
  }
}

export function forgetFolds() {
  folded.clear();
}

// The label of a sentence that is not verified: its legend for those who can't point at it.
export function toggleLegend(label) {
  const open = label.getAttribute("aria-expanded") !== "true";
  label.setAttribute("aria-expanded", String(open));
  label.nextElementSibling.hidden = !open;
}
