// Language and theme of the document, and names for parts that Gradio leaves without one.

let lang = null;


// Takes over the language that the server wrote the header in; its words if it has changed.
// Gradio's script sets the document's language and title too, so both are put right every time.
export function applyLanguage(brand) {
  const page = document.documentElement;
  const isNew = brand.dataset.lang !== lang;
  if (isNew && lang !== null) setParameter("lang", brand.dataset.lang);
  lang = brand.dataset.lang;
  if (page.lang !== lang) page.lang = lang;
  if (document.title !== brand.dataset.title) document.title = brand.dataset.title;
  return isNew ? JSON.parse(brand.dataset.words) : null;
}

// Names for assistive technology; set again whenever Gradio has drawn a part anew.
export function labelParts(words) {
  name("#vb-chat", words.chat, "region");
  name("#vb-language", words.language, "radiogroup");
  name("#vb-mode", words.mode, "radiogroup");
  joinRadios("vb-language");
  joinRadios("vb-mode");
  name("#vb-side", words.sources, "complementary");
  name("#vb-dock", words.player);
  name("[data-close-player]", words.closePlayer);
}

function name(selector, label, role) {
  const element = document.querySelector(selector);
  if (!element || element.getAttribute("aria-label") === label) return;
  element.setAttribute("aria-label", label);
  if (role) element.setAttribute("role", role);
}

// Gradio gives each radio button a name of its own: the arrow keys don't lead from one to another.
function joinRadios(id) {
  for (const radio of document.querySelectorAll(`#${id} input[type="radio"]`)) {
    if (radio.name !== id) radio.name = id;
  }
}

// Gradio marks the dark theme with a class on the body, and reads ?__theme= when the page loads.
export function toggleTheme() {
  const isDark = document.body.classList.toggle("dark");
  setParameter("__theme", isDark ? "dark" : "light");
}

// A page that a link opens is as this one is: in its language, and in its theme if one was chosen.
export function carryWishes(link) {
  const address = new URL(link.href);
  const theme = new URLSearchParams(window.location.search).get("__theme");
  address.searchParams.set("lang", lang);
  if (theme) address.searchParams.set("__theme", theme);
  link.href = address;
}

function setParameter(key, value) {
  const address = new URL(window.location.href);
  address.searchParams.set(key, value);
  window.history.replaceState(window.history.state, "", address);
}
