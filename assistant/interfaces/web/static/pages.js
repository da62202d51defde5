// What the pages that the server writes whole can do with a script: play, unfold, copy, switch the
// theme in place, and find the turn of any second. All they tell can be read without it.

import { watchCopying } from "./copying.js";
import { closePlayer, play, scrolling, unfold } from "./sources.js";

const ACTIONS = [
  ["[data-playing]", (button) => play(button, button.dataset.playing)],
  ["[data-close-player]", closePlayer],
  ["[data-unfold]", unfold],
];

document.addEventListener("click", (event) => {
  for (const [selector, act] of ACTIONS) {
    const element = event.target.closest(selector);
    if (element) return act(element);
  }
});

// #t=815 or #t=13:35: the turn that goes on at that second, where none begins there.
function findSecond() {
  const asked = /^#t=([\d:.]+)$/.exec(decodeURIComponent(window.location.hash));
  if (!asked) return;
  const second = asked[1].split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  let turn = null;
  for (const each of document.querySelectorAll("[data-t]")) {
    if (Number(each.dataset.t) < second + 1) turn = each;
  }
  if (turn) reveal(turn);
}

function reveal(turn) {
  for (const other of document.querySelectorAll(".vb-here")) other.classList.remove("vb-here");
  turn.closest("details").open = true;
  turn.classList.add("vb-here");
  turn.scrollIntoView({ block: "center", behavior: scrolling() });
}

watchCopying();
window.addEventListener("hashchange", findSecond);
findSecond();
