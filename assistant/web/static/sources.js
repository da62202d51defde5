// The sources beside the answer: which ones show, the one that is cited, and the player.

let citedFrom = null;

const lessMotion = window.matchMedia("(prefers-reduced-motion: reduce)");

export const scrolling = () => (lessMotion.matches ? "auto" : "smooth");

// A marker or a "sources" button: shows its answer's sources, and the card of that marker.
export function showSources(from) {
  const { cite, marker } = from.dataset;
  for (const group of document.querySelectorAll("[data-sources]")) {
    group.hidden = group.dataset.sources !== cite;
  }
  citedFrom = from;
  const card = marker && document.getElementById(`source-${cite}-${marker}`);
  if (!card) {
    document.getElementById("vb-side").scrollIntoView({ block: "start", behavior: scrolling() });
    return;
  }
  mark(from, card);
  const player = card.querySelector("[data-player]");
  if (player) play(player, player.dataset.player);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "start", behavior: scrolling() });
}

// A new answer has come: what was chosen before is chosen no more.
export function settle() {
  citedFrom = null;
  mark(null, null);
}

function mark(marker, card) {
  for (const element of document.querySelectorAll(".vb-active")) {
    element.classList.remove("vb-active");
  }
  marker?.classList.add("vb-active");
  card?.classList.add("vb-active");
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
