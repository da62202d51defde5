// Asking: the text box and what goes into it.

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

// While an input method composes, Enter chooses a word; while an answer is on its way, the next
// question stays in the box. Neither must be sent.
export function guardEnter() {
  for (const type of ["keydown", "keypress"]) {
    document.addEventListener(
      type,
      (event) => {
        if (event.key !== "Enter" || event.target !== box()) return;
        const composing = event.isComposing || event.keyCode === 229;
        const awaiting = document.querySelector(".vb-exchange[data-state=pending]");
        if (!composing && (event.shiftKey || !awaiting)) return;
        event.stopPropagation();
        if (!composing) event.preventDefault();
      },
      true,
    );
  }
}

// Once stopped, the button is gone: the focus goes where the next question comes.
export function focusBox() {
  box()?.focus({ preventScroll: true });
}
