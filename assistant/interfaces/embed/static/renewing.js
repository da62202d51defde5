// Writes HTML over what stands there and touches only what differs, so that the focus, what the
// reader has unfolded and a running player stay while an answer grows.

const PLAYER = "vb-player";
const READERS_OWN = ["open", "hidden", "aria-expanded"];

export function renew(element, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  match(element, template.content);
}

function match(old, fresh) {
  const there = [...old.childNodes].filter((node) => node.id !== PLAYER);
  const coming = [...fresh.childNodes];
  for (const [n, node] of coming.entries()) {
    if (!there[n]) old.append(node);
    else if (isAlike(there[n], node)) update(there[n], node);
    else there[n].replaceWith(node);
  }
  for (const node of there.slice(coming.length)) node.remove();
}

function isAlike(one, other) {
  return one.nodeName === other.nodeName && one.id === other.id;
}

function update(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name, value } of fresh.attributes ?? []) {
    if (!READERS_OWN.includes(name) && old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
  for (const { name } of [...(old.attributes ?? [])]) {
    if (!READERS_OWN.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  match(old, fresh);
}
