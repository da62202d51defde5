// What the search is narrowed to: the panel, its search-as-you-type, and the chips. The panel is a
// form; what it says goes into a hidden field of the page, in the form of an address.

import { ask, type } from "./asking.js";

const panel = () => document.getElementById("vb-panel");
const opener = () => document.querySelector("[data-open-scope]");

export function toggleScope() {
  if (panel().hidden) open();
  else closeScope();
}

function open() {
  panel().hidden = false;
  opener().setAttribute("aria-expanded", "true");
  // A field with the focus would bring up a phone's keyboard, over the list.
  if (window.matchMedia("(hover: hover)").matches) panel().querySelector(".vb-find").focus();
}

export function closeScope() {
  hide();
  opener().focus({ preventScroll: true });
}

// Closed by going elsewhere: the focus goes there, too.
function hide() {
  panel().hidden = true;
  opener().setAttribute("aria-expanded", "false");
}

// Takes one choice out: a chip was clicked, which will be gone.
export function unscope(chip) {
  const { unscope: name, value } = chip.dataset;
  for (const field of panel().elements) {
    if (field.name !== name) continue;
    if (field.type === "date") field.value = "";
    else if (field.value === value) field.checked = false;
  }
  narrow();
  opener().focus({ preventScroll: true });
}

export function searchEverywhere() {
  for (const field of panel().elements) {
    if (field.type === "checkbox") field.checked = false;
    else if (field.name) field.value = "";
  }
  narrow();
}

export function askEverywhere(question) {
  searchEverywhere();
  ask(question);
}

function narrow() {
  const said = new URLSearchParams(new FormData(panel())).toString();
  type(document.querySelector("#vb-narrowed :is(textarea, input)"), said);
}

// Only the talks and speakers that hold every word typed.
function find(typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of panel().querySelectorAll("fieldset:has([data-find])")) {
    let inGroup = 0;
    for (const row of group.querySelectorAll("[data-find]")) {
      row.hidden = !words.every((word) => row.dataset.find.includes(word));
      if (!row.hidden) inGroup += 1;
    }
    group.hidden = inGroup === 0;
    shown += inGroup;
  }
  panel().querySelector(".vb-no-match").hidden = shown > 0;
}

// Down and up go through what is listed, from the field on.
function step(event) {
  const stops = [...panel().querySelectorAll(".vb-find, label:not([hidden]) > [type=checkbox]")]
    .filter((element) => element.offsetParent);
  const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!stops.includes(event.target) || !next) return;
  event.preventDefault();
  next.focus();
}

const within = (event, selector) => event.target.closest?.(selector);

export function watchScope() {
  document.addEventListener("input", (event) => {
    if (!within(event, "#vb-panel")) return;
    if (event.target.matches(".vb-find")) find(event.target.value);
    else narrow();
  });
  document.addEventListener("submit", (event) => {
    if (within(event, "#vb-panel")) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!within(event, "#vb-panel, [data-open-scope]") || panel().hidden) return;
    if (event.key === "Escape") closeScope();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!panel() || panel().hidden) return;
    if (!within(event, "#vb-scope, #vb-chips")) hide();
  });
}
