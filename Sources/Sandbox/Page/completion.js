// Names after an @ and channels after a ~ are completed in the boxes to write in.

import { element } from "./markdown.js";
import { state } from "./state.js";

const shownMax = 8;
const begun = /(?:^|[\s(])([@~])([a-z0-9._-]{0,64})$/i;

function candidates(mark, start) {
  const names = mark === "@"
    ? [state.session.bot, ...[...state.users.values()].map(user => user.username).sort(), "all", "channel", "here"]
    : [...state.channels.values()].filter(channel => ["O", "P"].includes(channel.type)).map(channel => channel.name).sort();
  return [...new Set(names)].filter(name => name.startsWith(start.toLowerCase())).slice(0, shownMax);
}

/** Lets a form complete names. Its keys come before those of the form. */
export function setUpCompletion(form) {
  const box = form.querySelector("textarea");
  const list = form.querySelector("[data-role=completion]");
  let names = [];
  let chosen = 0;
  let start = 0;

  function show() {
    list.hidden = names.length === 0;
    list.replaceChildren(...names.map((name, index) => {
      const option = element("li",
        { role: "option", id: `${list.id}-${index}`, "aria-selected": String(index === chosen) }, name);
      option.addEventListener("mousedown", event => {
        event.preventDefault();
        accept(index);
      });
      return option;
    }));
    if (names.length > 0) box.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
    else box.removeAttribute("aria-activedescendant");
  }

  function close() {
    names = [];
    show();
  }

  function accept(index) {
    box.setRangeText(`${names[index]} `, start, box.selectionStart, "end");
    box.dispatchEvent(new Event("input"));
    close();
  }

  box.addEventListener("input", () => {
    const match = begun.exec(box.value.slice(Math.max(0, box.selectionStart - 80), box.selectionStart));
    names = match ? candidates(match[1], match[2]) : [];
    chosen = 0;
    if (match) start = box.selectionStart - match[2].length;
    show();
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", event => {
    if (names.length === 0 || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen = (chosen + step + names.length) % names.length;
    else if (event.key === "Enter" && !event.shiftKey || event.key === "Tab" && !event.shiftKey) accept(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (step) show();
  });
}
