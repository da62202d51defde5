// Following an answer as it grows: into view, told to screen readers, its seconds counted down.

import { scrolling, settle } from "./sources.js";

let seen = "";
let told = 0;
let hasReaderMoved = false;

// Whoever scrolls, or works with the page, while an answer comes is not to be moved about.
export function watchReader() {
  for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    document.addEventListener(type, () => (hasReaderMoved = true), { passive: true, capture: true });
  }
}

// Brings a new question into view, and an answer that has come whole if nobody has moved on; unless
// the page may not move at all, as in a frame of a page that is being read.
export function followChat(words, mayScroll = true) {
  const exchanges = document.querySelectorAll(".vb-exchange");
  const last = exchanges[exchanges.length - 1];
  const state = last ? `${last.id} ${last.dataset.state}` : "";
  const isPending = last?.dataset.state === "pending";
  const hasChanged = state !== seen;
  const isNew = last && !seen.startsWith(`${last.id} `);
  seen = state;
  if (!last) return;
  if (isNew) {
    told = 0;
    hasReaderMoved = false;
    settle();
  }
  if (mayScroll && (isNew || (hasChanged && !hasReaderMoved))) {
    last.scrollIntoView({ block: "start", behavior: scrolling() });
  }
  if (isPending) announceSentences(last);
  else if (hasChanged) announceWhole(last, words);
}

// Only what is new: what has been read out is not read out again.
function announceSentences(exchange) {
  const news = sentencesToTell(exchange);
  if (news) say(news);
}

function sentencesToTell(exchange) {
  const sentences = [...exchange.querySelectorAll(".vb-sentence")];
  const news = sentences.slice(told).map((sentence) => sentence.innerText);
  told = Math.max(told, sentences.length);
  return news.join(" ");
}

function announceWhole(exchange, words) {
  const markers = [...exchange.querySelectorAll(".vb-marker")];
  const count = new Set(markers.map((marker) => marker.dataset.marker)).size;
  const ready = count === 1 ? words.readyOne : words.ready.replace("{}", count);
  const lines = [...exchange.querySelectorAll(".vb-notice, .vb-stopped")];
  const around = lines.map((line) => line.innerText).join(" ");
  const hasGrown = told > 0;
  const rest = sentencesToTell(exchange);
  const whole = hasGrown && exchange.querySelector(".vb-sentence") ? [around, rest] : [text(exchange)];
  say([count ? ready : "", ...whole].filter(Boolean).join(" "));
}

function text(exchange) {
  const said = exchange.querySelectorAll(
    ".vb-sure summary, .vb-notice, .vb-said, .vb-stopped, .vb-failure, .vb-within, .vb-ask",
  );
  return [...said].map((element) => element.innerText).join(" ");
}

function say(news) {
  document.getElementById("vb-live").textContent = news;
}

// Between two updates of the server the seconds go on.
export function countDown() {
  const since = new WeakMap();
  setInterval(() => {
    for (const element of document.querySelectorAll("[data-seconds-left]")) {
      const left = element.dataset.secondsLeft;
      if (since.get(element)?.left !== left) since.set(element, { left, at: Date.now() });
      const passed = (Date.now() - since.get(element).at) / 1000;
      const shown = String(Math.max(0, Math.ceil(Number(left) - passed)));
      if (element.textContent !== shown) element.textContent = shown;
    }
  }, 500);
}
