// Puts Verbatim's chat on a page; docs/embed.md describes the attributes. Styles are set through the
// CSSOM alone, inside a shadow root: a strict policy of the page holds, and no styles cross over.
(() => {
  const script =
    document.currentScript ?? document.querySelector('script[src*="/embed.js"]:not([data-placed])');
  if (!script) return;
  script.dataset.placed = "";
  const { dataset } = script;
  const base = new URL(".", script.src);
  const isLauncher = dataset.mode === "launcher";

  const LANGUAGES = {
    en: ["Ask these talks", "Close the chat"],
    hans: ["问这些访谈", "关闭对话"],
    hant: ["問這些訪談", "關閉對話"],
  };
  const SANDBOX =
    "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox " +
    "allow-presentation";
  const LEAST_PX = 220;
  const MOST_PX = 4000;
  const NEAR_PX = 400;

  const CSS = `
    :host { color-scheme: normal; }
    iframe { background: none; border: 0; display: block; height: 100%; width: 100%; }
    .inline { height: ${LEAST_PX}px; overflow: hidden; width: 100%; }
    .corner { font: 15px/1.4 system-ui, sans-serif; position: fixed; z-index: 2147483000; }
    .bottom { bottom: max(20px, env(safe-area-inset-bottom)); }
    .top { top: 20px; }
    .right { right: 20px; }
    .left { left: 20px; }
    button { align-items: center; border: 0; cursor: pointer; display: flex; font: inherit; }
    button:focus-visible { outline: 3px solid var(--color); outline-offset: 3px; }
    .open { background: var(--color); border-radius: 26px; box-shadow: 0 3px 14px rgb(0 0 0 / 25%);
      color: var(--on-color); font-weight: 600; gap: 9px; min-height: 48px; padding: 0 20px 0 16px; }
    .mark { font: 32px/34px serif; height: 22px; }
    .panel { background: #fff; border: 1px solid rgb(127 127 127 / 40%); border-radius: 14px;
      box-shadow: 0 10px 40px rgb(0 0 0 / 28%); box-sizing: border-box; display: flex;
      flex-direction: column; max-height: calc(100vh - 40px); max-width: calc(100vw - 40px);
      overflow: hidden; }
    .panel.dark { background: #141716; }
    .bar { background: var(--color); color: var(--on-color); display: flex; flex: none;
      font-weight: 600; padding-left: 14px; }
    .bar span { align-self: center; flex: 1; overflow: hidden; text-overflow: ellipsis;
      white-space: nowrap; }
    .close { background: none; color: inherit; font-size: 17px; justify-content: center;
      min-height: 44px; min-width: 44px; }
    .close:focus-visible { outline-color: currentcolor; outline-offset: -5px; }
    .frame { flex: 1; min-height: 0; }
    [hidden] { display: none !important; }
    @media (max-width: 480px) {
      .panel { border-radius: 0; border-width: 0; height: 100% !important; inset: 0;
        max-height: none; max-width: none; width: 100% !important; }
    }`;

  const language = (dataset.lang || document.documentElement.lang || navigator.language).toLowerCase();
  const [askLabel, closeLabel] =
    LANGUAGES[!language.startsWith("zh") ? "en" : /hant|tw|hk|mo/.test(language) ? "hant" : "hans"];
  const label = dataset.label || askLabel;

  // A length as it is meant in attributes of HTML: a number of pixels, or of per cent.
  function length(text, fallback) {
    const found = /^\s*(\d+(?:\.\d+)?)\s*(px|%)?\s*$/.exec(text ?? "");
    return found ? found[1] + (found[2] ?? "px") : fallback;
  }

  function make(name, className, inner = []) {
    const element = document.createElement(name);
    element.className = className;
    element.append(...inner);
    return element;
  }

  // Black or white, whichever is read better on the colour (WCAG 2, relative luminance).
  function onColor(hex) {
    const wide = hex.length === 4 ? hex.replace(/\w/g, "$&$&") : hex;
    const [r, g, b] = [1, 3, 5].map((at) => {
      return (parseInt(wide.slice(at, at + 2), 16) / 255) ** 2.2;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  }

  async function token() {
    if (!dataset.tokenUrl) return dataset.token ?? "";
    const address = new URL(dataset.tokenUrl, document.baseURI);
    const response = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    if (!response.ok) throw new Error(`Verbatim: ${address} answered ${response.status}`);
    const text = (await response.text()).trim();
    return text.startsWith("{") ? JSON.parse(text).token : text;
  }

  async function address() {
    const url = new URL("embed", base);
    const set = (name, value) => value && url.searchParams.append(name, value);
    for (const talk of (dataset.talk ?? "").split("|")) set("talk", talk.trim());
    for (const name of ["scope", "lang", "theme", "q", "greeting"]) set(name, dataset[name]);
    set("questions", (dataset.questions ?? "").replaceAll("|", "\n"));
    // Without one the server tells the reader what is missing.
    set("token", await token().catch(console.error));
    return url.href;
  }

  // An element whose styles the page's own can't reach, whatever they say.
  function host() {
    const element = document.createElement("verbatim-chat");
    const set = (name, value) => element.style.setProperty(name, value, "important");
    set("all", "initial");
    set("display", "block");
    if (!isLauncher) set("max-width", length(dataset.width, "100%"));
    const root = element.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    return element;
  }

  function place(element) {
    const target = dataset.target && document.querySelector(dataset.target);
    if (isLauncher || document.head.contains(script)) (target || document.body).append(element);
    else if (target) target.append(element);
    else script.after(element);
  }

  function frame(onMessage) {
    const element = document.createElement("iframe");
    element.title = label;
    element.allow = "autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture";
    element.referrerPolicy = "strict-origin-when-cross-origin";
    element.sandbox = SANDBOX;
    const tell = (message) => element.contentWindow?.postMessage(message, base.origin);
    element.addEventListener("load", () => tell({ verbatim: "hello", grows: !isLauncher }));
    window.addEventListener("message", async ({ source, origin, data }) => {
      if (origin !== base.origin || source !== element.contentWindow || !data?.verbatim) return;
      if (data.verbatim === "token") {
        if (dataset.tokenUrl) tell({ verbatim: "token", token: await token().catch(console.error) });
      } else onMessage(data);
    });
    let isLoading = false;
    const load = async (box) => {
      if (isLoading) return;
      isLoading = true;
      element.src = await address();
      box.append(element);
    };
    return { element, load, tell };
  }

  function inline() {
    const element = host();
    const most = Math.min(parseFloat(length(dataset.height, "900px")), MOST_PX);
    const { load } = frame(({ verbatim, height }) => {
      if (verbatim === "size" && Number.isFinite(height)) {
        box.style.height = `${Math.max(LEAST_PX, Math.min(Math.ceil(height), most))}px`;
      }
    });
    const box = make("div", "inline");
    element.shadowRoot.append(box);
    place(element);
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        load(box);
      },
      { rootMargin: `${NEAR_PX}px` },
    );
    watch.observe(element);
  }

  function launcher() {
    const element = host();
    const [, y, x] = /^(top|bottom)-(left|right)$/.exec(dataset.position) ?? [0, "bottom", "right"];
    const color = /^#([\da-f]{3}|[\da-f]{6})$/i.test(dataset.color) ? dataset.color : "#0b6e63";
    const { element: inner, load, tell } = frame(({ verbatim }) => {
      if (verbatim === "escape") close();
    });
    const open = make("button", `corner open ${y} ${x}`, [make("span", "mark", ["❝"]), label]);
    const shut = make("button", "close", ["✕"]);
    const bar = make("div", "bar", [make("span", "", [label]), shut]);
    const box = make("div", "frame");
    const panel = make("div", `corner panel ${y} ${x}`, [bar, box]);
    for (const button of [open, shut]) button.type = "button";
    open.ariaHasPopup = panel.role = "dialog";
    shut.ariaLabel = closeLabel;
    panel.ariaLabel = label;
    panel.classList.toggle("dark", dataset.theme === "dark");
    panel.style.width = length(dataset.width, "400px");
    panel.style.height = length(dataset.height, "640px");
    for (const part of [open, panel]) {
      part.style.setProperty("--color", color);
      part.style.setProperty("--on-color", onColor(color));
    }
    const show = (isOpen) => {
      panel.hidden = !isOpen;
      open.hidden = isOpen;
      open.ariaExpanded = String(isOpen);
    };
    show(false);
    const close = () => {
      if (panel.hidden) return;
      show(false);
      open.focus();
    };
    open.addEventListener("click", () => {
      show(true);
      shut.focus();
      load(box);
      enter();
    });
    const enter = () => {
      if (panel.hidden || !inner.isConnected) return;
      inner.focus();
      tell({ verbatim: "focus" });
    };
    inner.addEventListener("load", enter);
    shut.addEventListener("click", close);
    document.addEventListener("keydown", (event) => event.key === "Escape" && close());
    element.shadowRoot.append(open, panel);
    place(element);
  }

  const start = isLauncher ? launcher : inline;
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
