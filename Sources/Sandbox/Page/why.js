// Why a post was answered or not: the words of `edgecrab rules explain`.

import { element } from "./markdown.js";
import { Refusal, explanationOf } from "./server.js";
import { place } from "./state.js";

const at = id => document.getElementById(id);
// The outcome of a post comes later than its decision.
const pauses = [0, 1000, 2000, 4000, 8000];

let asked = 0;

/** Opens the explanation of a post, and asks for it a few times, until it is closed or another post's is opened. */
export async function explain(post, author) {
  const question = ++asked;
  const dialog = at("why");
  at("why-post").textContent = `${author}: ${post.message.slice(0, 200)}`;
  at("why-id").textContent = post.id;
  at("why-text").textContent = "…";
  if (!dialog.open) dialog.showModal();
  for (const pause of pauses) {
    await new Promise(done => setTimeout(done, pause));
    if (!dialog.open || question !== asked) return;
    const text = await textOf(post);
    // Another post may have been asked about meanwhile.
    if (question !== asked) return;
    show(text);
  }
}

async function textOf(post) {
  try {
    return (await explanationOf(place.get("key") ?? "", post.id)).text;
  } catch (error) {
    return error instanceof Refusal ? error.message : "The sandbox does not answer.";
  }
}

function show(text) {
  const pre = at("why-text");
  if (pre.textContent === text) return;
  const classes = { "✓": "yes", "✗": "no" };
  pre.replaceChildren(...text.split(/([✓✗])/).map(part =>
    classes[part] ? element("span", { class: classes[part] }, part) : part));
}

/** Lets the button and a click beside it close the explanation. */
export function setUpWhy() {
  at("why-close").addEventListener("click", () => at("why").close());
  at("why").addEventListener("click", event => { if (event.target === at("why")) at("why").close(); });
  // The row may be a new one by now; then the browser has no button to return to.
  at("why").addEventListener("close", () => {
    const active = document.activeElement;
    if (active !== document.body && !at("why").contains(active)) return;
    document.querySelector(`[data-post="${CSS.escape(at("why-id").textContent)}"] [data-role=why]`)?.focus();
  });
}
