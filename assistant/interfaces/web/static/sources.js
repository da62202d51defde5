// The sources beside the answer: which ones show, the one that is cited, and the player.

let citedFrom = null;
let chosen = null;

const lessMotion = window.matchMedia("(prefers-reduced-motion: reduce)");

export const scrolling = () => (lessMotion.matches ? "auto" : "smooth");

// A marker or a "sources" button: shows its answer's sources, and the card of that marker.
export function showSources(from) {
  const { cite, marker } = from.dataset;
  chosen = { cite, marker };
  citedFrom = from;
  keepChoice();
  const card = marker && document.getElementById(`source-${cite}-${marker}`);
  if (!card) {
    document.getElementById("vb-side").scrollIntoView({ block: "start", behavior: scrolling() });
    return;
  }
  const player = card.querySelector("[data-player]");
  if (player) play(player, player.dataset.player);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "start", behavior: scrolling() });
}

// A new question was asked: what was chosen before is chosen no more.
export function settle() {
  citedFrom = null;
  chosen = null;
  mark(null, null);
}

// What the reader chose stays chosen when the server writes answers or sources anew.
export function keepChoice() {
  if (!chosen) return;
  const groups = [...document.querySelectorAll("[data-sources]")];
  if (!groups.some((group) => group.dataset.sources === chosen.cite)) return;
  for (const group of groups) {
    const hidden = group.dataset.sources !== chosen.cite;
    if (group.hidden !== hidden) group.hidden = hidden;
  }
  const marker = citedFrom?.isConnected && citedFrom.dataset.marker ? citedFrom : null;
  mark(marker, chosen.marker && document.getElementById(`source-${chosen.cite}-${chosen.marker}`));
}

function mark(marker, card) {
  const active = [marker, card].filter(Boolean);
  for (const element of document.querySelectorAll(".vb-active")) {
    if (!active.includes(element)) element.classList.remove("vb-active");
  }
  for (const element of active) {
    if (!element.classList.contains("vb-active")) element.classList.add("vb-active");
  }
}

// Puts the player into the page. Only this fetches anything from elsewhere.
export function play(button, address) {
  const dock = document.getElementById("vb-dock");
  const frame = document.createElement("iframe");
  frame.src = address;
  frame.title = button.dataset.title;
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-presentation");
  dock.querySelector(".vb-frame").replaceChildren(frame);
  dock.querySelector(".vb-dock-title").textContent = button.dataset.title;
  dock.hidden = false;
}

export function closePlayer() {
  const dock = document.getElementById("vb-dock");
  dock.querySelector(".vb-frame").replaceChildren();
  dock.hidden = true;
}

export function unfold(button) {
  const card = button.closest(".vb-card");
  const open = button.getAttribute("aria-expanded") !== "true";
  for (const part of card.querySelectorAll(".vb-more")) part.hidden = !open;
  for (const part of card.querySelectorAll(".vb-gap")) part.hidden = open;
  button.setAttribute("aria-expanded", String(open));
  button.textContent = open ? button.dataset.less : button.dataset.more;
}

// From a card back to the marker that led to it; without one, to the last answer.
export function backToAnswer() {
  const exchanges = document.querySelectorAll(".vb-exchange");
  const target = citedFrom?.isConnected ? citedFrom : exchanges[exchanges.length - 1];
  target?.scrollIntoView({ block: "center", behavior: scrolling() });
  target?.focus({ preventScroll: true });
}
