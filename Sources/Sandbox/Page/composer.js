// The boxes to write in.

import { attach, hasFiles, takeFiles, takeOff, uploadFiles } from "./attachments.js";
import { setUpCompletion } from "./completion.js";
import { element } from "./markdown.js";
import { Refusal } from "./server.js";
import { postByHook } from "./speakers.js";
import { state } from "./state.js";
import { tellTyping } from "./typing.js";

export function fill(form, text) {
  const box = form.querySelector("textarea");
  box.value = text;
  box.dispatchEvent(new Event("input"));
  box.focus();
}

/** Says something about what was typed, above the box. */
export function note(form, ...content) {
  const line = form.querySelector("[data-role=note]");
  line.hidden = content[0] === null;
  line.replaceChildren(...content.filter(part => part !== null));
}

function noteSlash(form, text) {
  const bot = state.session.bot;
  const command = text.slice(1);
  const choice = (value, label) => {
    const button = element("button", { type: "button" }, label ?? value);
    button.addEventListener("click", () => {
      note(form, null);
      fill(form, value);
    });
    return button;
  };
  note(form, "Mattermost's client does not send text that begins with /; try ", choice(`!${command}`), ", ",
    choice(` /${command}`, "a leading space"), ", or ", choice(`@${bot} /${command}`));
}

const rootOf = form => form.dataset.box === "thread" ? state.threadID : "";

async function submit(form, onSent) {
  const box = form.querySelector("textarea");
  const text = box.value;
  // There is no channel while the page changes to another user.
  if (!state.channelID || text.trim() === "" && !hasFiles(form)) return;
  if (text.startsWith("/")) return noteSlash(form, text);
  if ([...text].length > state.session.message_scalars_max) {
    return note(form, `A post can have ${state.session.message_scalars_max} characters; this one is longer.`);
  }
  const place = [state.channelID, text, rootOf(form)];
  note(form, null);
  if (state.hook) {
    fill(form, "");
    const reason = await postByHook(text, rootOf(form), hasFiles(form)).catch(reasonOf);
    if (reason === null) return;
    if (box.value === "") fill(form, text);
    return note(form, reason);
  }
  fill(form, "");
  const taken = takeOff(form);
  try {
    const post = await state.client.send(...place, await uploadFiles(place[0], taken));
    onSent(form, post);
  } catch (error) {
    if (box.value === "") fill(form, text);
    attach(form, taken);
    note(form, reasonOf(error));
  }
}

const reasonOf = error => error instanceof Refusal ? error.message : "The sandbox does not answer; the text is kept.";

/** Lets `form` send; `onSent` gets the form and the post. */
export function setUp(form, onSent) {
  const box = form.querySelector("textarea");
  const count = form.querySelector("[data-role=count]");
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 220)}px`;
    const left = state.session ? state.session.message_scalars_max - [...box.value].length : 0;
    count.textContent = left < 1000 ? `${left} left` : "";
    form.toggleAttribute("data-empty", box.value.trim() === "" && !hasFiles(form));
  };
  takeFiles(form);
  setUpCompletion(form);
  form.addEventListener("change", grow);
  box.addEventListener("input", () => {
    grow();
    if (!box.value.startsWith("/")) note(form, null);
    if (box.value !== "" && state.client) tellTyping(rootOf(form));
  });
  box.addEventListener("keydown", event => {
    // Enter also ends the composing of a character; that one does not send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit(form, onSent);
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    submit(form, onSent);
  });
  form.toggleAttribute("data-empty", true);
}
