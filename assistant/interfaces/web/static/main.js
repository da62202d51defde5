// The page's behaviour: one listener for clicks, one for what the server writes anew. What can be
// acted on says so in data- attributes; the words come from the server with the header.

import { applyLanguage, carryWishes, toggleTheme, labelParts } from "./appearance.js";
import { ask, focusBox, guardEnter, takeFocus } from "./asking.js";
import { watchCopying } from "./copying.js";
import { countDown, followChat, watchReader } from "./following.js";
import { forgetFolds, keepFolds, toggleLegend, watchFolds } from "./keeping.js";
import { askEverywhere, closeScope, searchEverywhere, toggleScope, unscope, watchScope } from "./scope.js";
import { backToAnswer, closePlayer, keepChoice, play, showSources, unfold } from "./sources.js";

const ACTIONS = [
  ["[data-ask]", (element) => ask(element.dataset.ask)],
  ["[data-cite]", (element) => showSources(element)],
  ["[data-playing]", (element) => play(element, element.dataset.playing)],
  ["[data-unfold]", unfold],
  ["[data-doubt]", toggleLegend],
  ["#vb-stop", focusBox],
  ["[data-close-player]", closePlayer],
  ["[data-back]", backToAnswer],
  ["[data-theme-toggle]", toggleTheme],
  ["[data-carry]", carryWishes],
  ["[data-open-scope]", toggleScope],
  ["[data-close-scope]", closeScope],
  ["[data-unscope]", unscope],
  ["[data-everywhere]", searchEverywhere],
  ["[data-ask-everywhere]", (element) => askEverywhere(element.dataset.askEverywhere)],
];

let words = {};
let started = false;

function onClick(event) {
  for (const [selector, act] of ACTIONS) {
    const element = event.target.closest(selector);
    if (element) {
      act(element);
      return;
    }
  }
}

function onChange() {
  const brand = document.querySelector(".vb-brand");
  if (!brand) return;
  words = applyLanguage(brand) ?? words;
  labelParts(words);
  followChat(words);
  keepChoice();
  if (document.querySelector(".vb-exchange")) keepFolds();
  else forgetFolds();
  if (!started) {
    started = true;
    takeFocus();
    askFromAddress();
  }
}

// A link may carry a question: ?q=…
function askFromAddress() {
  const question = new URLSearchParams(window.location.search).get("q");
  if (question) ask(question);
}

function coalesced(handler) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      handler();
    }, 0);
  };
}

document.addEventListener("click", onClick);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.(".vb-card")) backToAnswer();
});
guardEnter();
watchScope();
watchFolds();
watchReader();
watchCopying();
countDown();
const observer = new MutationObserver(coalesced(onChange));
observer.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
observer.observe(document.body, {
  childList: true,
  subtree: true,
  characterData: true,
  attributes: true,
  attributeFilter: ["data-lang", "data-state", "hidden", "open", "class"],
});
