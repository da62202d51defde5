// Copying a citation: its text comes from the server in the form that was chosen. The permanent link
// in it is the server's own, whatever address this page was reached by.

const SHOWN_MS = 5000;

export function watchCopying() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-copy]");
    // With a key held, the link opens as any other.
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      copy(link);
      return;
    }
    for (const menu of document.querySelectorAll(".vb-copy[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener(
    "keydown",
    (event) => {
      const menu = event.key === "Escape" && event.target.closest?.(".vb-copy[open]");
      if (!menu) return;
      event.stopPropagation();
      close(menu);
    },
    true,
  );
}

async function copy(link) {
  const menu = link.closest(".vb-copy");
  const told = menu.parentElement.querySelector(".vb-copied");
  const done = await write(load(link.href)).then(() => true, () => false);
  told.toggleAttribute("data-failed", !done);
  told.textContent = done ? link.dataset.copied : menu.dataset.notCopied;
  if (done) close(menu);
  const shown = told.textContent;
  setTimeout(() => {
    if (told.textContent === shown) told.textContent = "";
  }, SHOWN_MS);
}

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(String(response.status));
  return response.text();
}

// The clipboard wants to be asked in the click itself: it is handed the promise of a text. A page
// without TLS has no clipboard, but may copy what is selected.
async function write(coming) {
  if (navigator.clipboard && window.ClipboardItem) {
    const blob = coming.then((text) => new Blob([text], { type: "text/plain" }));
    try {
      return await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    } catch {
      // Refused, as in a frame, or a browser that takes no promises.
    }
  }
  return select(await coming);
}

function select(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "vb-sr";
  document.body.append(field);
  const focused = document.activeElement;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  if (!done) throw new Error("refused");
}

function close(menu) {
  menu.open = false;
  menu.querySelector("summary").focus({ preventScroll: true });
}
