// Asking, and following the answer: into view, and told to screen readers.

import { scrolling, settle } from "./sources.js";

let seen = "";

const box = () => document.querySelector("#vb-question textarea");

// Puts a question into the text box as if typed, and sends it.
export function ask(question) {
  const textarea = box();
  if (!textarea) return;
  type(textarea, question);
  setTimeout(() => document.querySelector("#vb-send").click(), 0);
  textarea.focus({ preventScroll: true });
}

// Puts text into a field so that Gradio sees it.
export function type(field, text) {
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set;
  setter.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// On a large screen one can type at once; in a frame the page around keeps the focus.
export function takeFocus() {
  const isWide = window.matchMedia("(width > 820px)").matches;
  if (isWide && window.top === window) box()?.focus({ preventScroll: true });
}

// Brings a new question into view. Returns its exchange once that is answered or has failed.
export function followChat() {
  const exchanges = document.querySelectorAll(".vb-exchange");
  const last = exchanges[exchanges.length - 1];
  const state = last ? `${last.id} ${last.dataset.state}` : "";
  if (state === seen) return null;
  const isNew = last && !seen.startsWith(`${last.id} `);
  seen = state;
  if (!last) return null;
  if (isNew || last.dataset.state !== "pending") {
    last.scrollIntoView({ block: "start", behavior: scrolling() });
  }
  if (last.dataset.state === "pending") return null;
  settle();
  return last;
}

export function announce(exchange, words) {
  const markers = [...exchange.querySelectorAll(".vb-marker")];
  const count = new Set(markers.map((marker) => marker.dataset.marker)).size;
  const ready = count === 1 ? words.readyOne : words.ready.replace("{}", count);
  const text = exchange.querySelector(".vb-answer").innerText;
  document.getElementById("vb-live").textContent = count ? `${ready} ${text}` : text;
}

// While an input method composes, Enter chooses a word: it must not send the question.
export function guardComposition() {
  for (const type of ["keydown", "keypress"]) {
    document.addEventListener(
      type,
      (event) => {
        const composing = event.isComposing || event.keyCode === 229;
        if (composing && event.key === "Enter" && event.target === box()) event.stopPropagation();
      },
      true,
    );
  }
}
