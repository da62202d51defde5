// The page around the frame, where it has loaded embed.js: who it may be is the server's to say.
// It tells whether the frame grows, and brings new tokens; it is told the height and Escape.

const framers = JSON.parse(document.body.dataset.framers || "[]");
const TOKEN_WAIT_MS = 8000;

let host = null;
let waitingForToken = null;

function tell(message) {
  if (host) window.parent.postMessage(message, host);
}

export function watchHost(onFocus) {
  if (window.parent === window) return;
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || !framers.includes(event.origin)) return;
    const { verbatim, grows, token } = event.data ?? {};
    if (verbatim === "hello") greeted(event.origin, Boolean(grows));
    else if (verbatim === "focus") onFocus();
    else if (verbatim === "token" && typeof token === "string") waitingForToken?.(token);
  });
}

function greeted(origin, grows) {
  const isFirst = host === null;
  host = origin;
  document.body.classList.add(grows ? "vb-grows" : "vb-in-panel");
  if (isFirst) new ResizeObserver(tellSize).observe(document.getElementById("vb-embed"));
  else tellSize();
}

function tellSize() {
  const { height } = document.getElementById("vb-embed").getBoundingClientRect();
  tell({ verbatim: "size", height: Math.ceil(height) });
}

export function tellEscape() {
  tell({ verbatim: "escape" });
}

// A new token from the page around, or nothing where it has none to give.
export function newToken() {
  if (!host) return Promise.resolve("");
  return new Promise((resolve) => {
    const end = setTimeout(() => resolve(""), TOKEN_WAIT_MS);
    waitingForToken = (token) => {
      clearTimeout(end);
      waitingForToken = null;
      resolve(token);
    };
    tell({ verbatim: "token" });
  });
}
