// Asking the server: one request a question, its answer as events of finished HTML.

import { newToken } from "./hosting.js";

const KEPT_TURNS = 20;
const TURN_CHARS = 20000;
const TRIES = 300;
const LOOK_S = 2;

const { dataset } = document.body;
const words = JSON.parse(dataset.words || "{}");
let token = dataset.token || "";

// What went wrong, in words for the reader.
export class Refused extends Error {}

// Calls onNews with each event's document until the answer is whole; onWait with what is waited for.
export async function answer(question, number, history, signal, onNews, onWait) {
  const body = JSON.stringify({
    question,
    number,
    history: history.slice(-KEPT_TURNS).map((turn) => ({ ...turn, text: cut(turn.text) })),
    narrowed: dataset.narrowed,
    lang: dataset.lang,
  });
  const response = await accepted(body, signal, onWait);
  await read(response, onNews);
}

// Not in the middle of a character.
const cut = (text) => text.slice(0, TURN_CHARS).replace(/[\uD800-\uDBFF]$/, "");

async function accepted(body, signal, onWait) {
  let hasRenewed = false;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const response = await send(body, signal);
    if (response.ok) return response;
    const { code, message } = await fault(response);
    const seconds = Number(response.headers.get("retry-after")) || 5;
    if (response.status === 503 && code === "loading") {
      onWait(words.waiting);
      await pause(Math.min(seconds, LOOK_S) * 1000, signal);
    } else if (response.status === 401 && !hasRenewed) {
      hasRenewed = true;
      const fresh = await newToken();
      if (!fresh) throw new Refused(words.expired);
      token = fresh;
    } else {
      throw new Refused(told(response.status, seconds, message));
    }
  }
  throw new Refused(words.error);
}

async function send(body, signal) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    const options = { method: "POST", headers, body, signal, cache: "no-store" };
    return await fetch(new URL("embed/ask", document.baseURI), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(words.unreachable);
  }
}

async function fault(response) {
  try {
    const { error } = await response.json();
    return { code: error.code, message: error.message };
  } catch {
    return { code: "", message: String(response.status) };
  }
}

function told(status, seconds, message) {
  if (status === 429) return words.busy.replace("{}", seconds);
  if (status === 401) return words.expired;
  return status < 500 ? words.refused.replace("{}", message) : words.error;
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const end = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(end);
      reject(new DOMException("stopped", "AbortError"));
    });
  });
}

// Server-sent events: lines up to an empty one; of ours only the data counts.
async function read(response, onNews) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (pending + value).split("\n\n");
      pending = parts.pop();
      for (const part of parts) {
        const data = part.split("\n").find((line) => line.startsWith("data: "));
        if (data) onNews(JSON.parse(data.slice("data: ".length)));
      }
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(words.unreachable);
  }
}
