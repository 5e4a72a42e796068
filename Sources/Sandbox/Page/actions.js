// What can be done with a post: react, reply, edit, delete, and ask why.

import { note } from "./composer.js";
import { emoji, emojiNames } from "./emoji.js";
import { icon } from "./icons.js";
import { element } from "./markdown.js";
import { Refusal } from "./server.js";
import { state } from "./state.js";
import { explain } from "./why.js";

/** Does something on the server; a refusal is shown above the box to write in. */
async function attempt(row, action) {
  const form = row.closest("main, aside").querySelector(".composer");
  note(form, null);
  try {
    await action(state.client);
    return true;
  } catch (error) {
    note(form, error instanceof Refusal ? error.message : "The sandbox does not answer.");
    return false;
  }
}

const isOwn = post => post.user_id === state.client.user.id && !post.type;

export const hasReaction = (post, name) => (post.metadata?.reactions ?? [])
  .some(reaction => reaction.user_id === state.client.user.id && reaction.emoji_name === name);

/** Adds one's reaction to a post, or takes it away. */
export function toggleReaction(row, post, name) {
  return attempt(row, client => hasReaction(post, name) ? client.unreact(post.id, name) : client.react(post.id, name));
}

function button(role, label, content, act) {
  const node = element("button", { type: "button", "data-role": role, title: label, "aria-label": label }, content);
  node.addEventListener("click", act);
  return node;
}

/** Puts buttons into a toolbar: one stop of the Tab key, the arrow keys go on. */
function fill(bar, label, buttons) {
  bar.setAttribute("aria-label", label);
  bar.replaceChildren(...buttons);
  buttons.forEach((node, index) => { node.tabIndex = index === 0 ? 0 : -1; });
}

/** The toolbar of a post. `view` has `openThread`, or null in a thread, and `refresh`. */
export function actionsOf(row, post, author, view) {
  const bar = element("div", { class: "actions", role: "toolbar" });
  const main = () => fill(bar, `Actions for the post by ${author}`, [
    button("react", "React", icon("smile"), () => swap("Add a reaction", emojiNames.map(name =>
      button("emoji", `:${name}:`, emoji(name), () => toggleReaction(row, post, name).then(back))))),
    view.openThread ? button("reply", `Reply to ${author} in a thread`, icon("reply"), () => view.openThread(post.id)) : null,
    isOwn(post) ? button("edit", "Edit", icon("edit"), () => edit(row, post, view)) : null,
    isOwn(post) ? button("delete", "Delete", icon("trash"), () => swap("Delete this post?", [
      button("confirm", "Delete the post", "Delete", () => attempt(row, client => client.remove(post.id)).then(back)),
      button("keep", "Keep the post", "Keep", back),
    ])) : null,
    button("why", `Why was the post by ${author} answered or not?`, icon("why"), () => explain(post, author)),
  ].filter(Boolean));
  function swap(label, buttons) {
    fill(bar, label, buttons);
    buttons[0].focus();
  }
  function back() {
    main();
    bar.firstChild.focus();
  }
  main();
  bar.addEventListener("keydown", event => {
    const buttons = [...bar.children];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
    } else if (event.key === "Escape" && !bar.querySelector("[data-role=react]")) {
      event.stopPropagation();
      back();
    }
  });
  return bar;
}

/** Shows a box with the text in place of it. The row is left as it is until the box is gone. */
function edit(row, post, view) {
  if (row.dataset.editing) return;
  const body = row.querySelector("[data-role=text]");
  const box = element("textarea", { "aria-label": "Edit the message", rows: Math.min(10, post.message.split("\n").length) });
  box.value = post.message;
  const end = () => {
    delete row.dataset.editing;
    row.dataset.look = "";
    view.refresh();
  };
  const save = async () => {
    if (await attempt(row, client => client.edit(post.id, box.value))) end();
  };
  const form = element("div", { class: "editor" }, box, element("p", {},
    button("save", "Save", "Save", save), button("cancel", "Cancel", "Cancel", end)));
  row.dataset.editing = "true";
  body.hidden = true;
  body.after(form);
  box.focus();
  box.addEventListener("keydown", event => {
    if (event.key === "Escape") end();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
