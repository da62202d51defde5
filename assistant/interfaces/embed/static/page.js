// The embedded chat: asking, stopping, starting anew, citations and their player. The server keeps
// nothing of the conversation: each question brings its history.

import { watchCopying } from "../../files/copying.js";
import { countDown, followChat, watchReader } from "../../files/following.js";
import { keepFolds, forgetFolds, toggleLegend, watchFolds } from "../../files/keeping.js";
import { backToAnswer, closePlayer, keepChoice, play, showSources, unfold } from "../../files/sources.js";
import { answer, Refused } from "./answers.js";
import { tellEscape, watchHost } from "./hosting.js";
import { renew } from "./renewing.js";

const { dataset } = document.body;
const words = JSON.parse(dataset.words);
const chat = document.getElementById("vb-chat");
const welcome = chat.innerHTML;
const box = document.querySelector("#vb-question textarea");

let history = [];
let working = null;
let hasAsked = false;

async function ask(asked) {
  const question = asked.trim();
  if (!question || working) return;
  const number = chat.querySelectorAll(".vb-turn").length + 1;
  const turn = begin(question, number);
  const work = (working = new AbortController());
  try {
    let latest = null;
    const show = (news) => {
      latest = news;
      if (working === work) write(turn, news);
    };
    const wait = (text) => (turn.querySelector(".vb-pending").textContent = text);
    await answer(question, number, history, work.signal, show, wait);
    if (working === work) history = [...history, ...latest.turns];
  } catch (error) {
    if (working === work) end(turn, question, error);
  } finally {
    if (working === work) working = null;
  }
}

function begin(question, number) {
  if (number === 1) chat.replaceChildren();
  for (const group of chat.querySelectorAll("[data-sources]")) {
    group.hidden = !group.querySelector("#vb-dock:not([hidden])");
  }
  const turn = make("div", "vb-turn");
  const exchange = make("article", "vb-exchange");
  exchange.id = `exchange-${number}`;
  exchange.dataset.state = "pending";
  const heading = make("h2", "vb-question");
  heading.append(make("span", "vb-sr", `${words.asked} `), question);
  const pending = make("p", "vb-pending", words.thinking);
  pending.dataset.stop = "";
  const body = make("div", "vb-answer");
  body.append(pending);
  exchange.append(heading, body);
  const said = make("div", "vb-turn-chat");
  said.append(exchange);
  turn.append(said, make("div", "vb-turn-sources vb-page"));
  chat.append(turn);
  started(question);
  return turn;
}

function started(question) {
  document.querySelector("[data-new-chat]").hidden = false;
  const link = document.querySelector("[data-open]");
  const address = new URL(link.href);
  address.searchParams.set("q", question);
  link.href = address;
  follow();
}

function write(turn, { chat: said, sources }) {
  renew(turn.querySelector(".vb-turn-chat"), said);
  renew(turn.querySelector(".vb-turn-sources"), sources);
  follow();
}

// Stopped by the reader, or failed: what had come of the answer stays.
function end(turn, question, error) {
  const isStopped = error.name === "AbortError";
  if (!isStopped && !(error instanceof Refused)) console.error(error);
  const exchange = turn.querySelector(".vb-exchange");
  const body = exchange.querySelector(".vb-answer");
  for (const pending of body.querySelectorAll(".vb-pending")) pending.remove();
  const hasSaid = body.querySelector(".vb-sentence") !== null;
  const line = isStopped
    ? make("p", "vb-stopped", hasSaid ? words.stopped : words.nothingYet)
    : make("p", "vb-failure", error instanceof Refused ? error.message : words.error);
  const retry = make("button", "vb-ask", words.retry);
  retry.type = "button";
  retry.dataset.ask = question;
  body.append(line, retry);
  exchange.dataset.state = isStopped ? "stopped" : "failed";
  follow();
}

function make(name, className, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

// A question that came with the address must not move the page around the frame.
function follow() {
  followChat(words, hasAsked);
  keepChoice();
  keepFolds();
}

function startAnew() {
  working?.abort();
  working = null;
  history = [];
  chat.innerHTML = welcome;
  forgetFolds();
  document.querySelector("[data-new-chat]").hidden = true;
  follow();
  box.focus();
}

// The player stands over the card that it plays: a frame that grows has no place that stays in view.
function placePlayer(card) {
  const template = document.getElementById("vb-player-template");
  const player = document.getElementById("vb-player") ?? template.content.cloneNode(true);
  card.before(player);
}

function cite(from) {
  const { cite: number, marker } = from.dataset;
  const card = document.getElementById(`source-${number}-${marker}`);
  if (!marker) return toggleSources(number);
  if (!card) return;
  if (card.querySelector("[data-player]")) placePlayer(card);
  showSources(from);
  hushHidden();
}

function toggleSources(number) {
  for (const group of chat.querySelectorAll("[data-sources]")) {
    group.hidden = group.dataset.sources !== number || !group.hidden;
  }
  hushHidden();
}

// What is out of sight must not go on playing.
function hushHidden() {
  if (document.querySelector("[data-sources][hidden] #vb-dock:not([hidden])")) closePlayer();
}

function playFrom(button) {
  placePlayer(button.closest(".vb-card"));
  play(button, button.dataset.playing);
}

const ACTIONS = [
  ["[data-ask]", (button) => asked(button.dataset.ask)],
  ["[data-cite]", cite],
  ["[data-playing]", playFrom],
  ["[data-unfold]", unfold],
  ["[data-doubt]", toggleLegend],
  ["[data-close-player]", closePlayer],
  ["[data-new-chat]", startAnew],
  ["#vb-stop", stop],
];

function stop() {
  working?.abort();
  box.focus();
}

function asked(question) {
  hasAsked = true;
  ask(question);
}

function send() {
  if (working || !box.value.trim()) return;
  asked(box.value);
  box.value = "";
  fit();
}

// The box is as high as its text, up to what the style sheet allows.
function fit() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

document.addEventListener("click", (event) => {
  for (const [selector, act] of ACTIONS) {
    const element = event.target.closest(selector);
    if (element) return act(element);
  }
});
document.getElementById("vb-composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
box.addEventListener("input", fit);
box.addEventListener("keydown", (event) => {
  // While an input method composes, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  send();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  if (event.target.closest?.(".vb-card")) backToAnswer();
  else tellEscape();
});

watchCopying();
watchFolds();
watchReader();
countDown();
watchHost(() => box.focus());
// Until here a question would have been lost.
box.disabled = false;
if (dataset.question) ask(dataset.question);
