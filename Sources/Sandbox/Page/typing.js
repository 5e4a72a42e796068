// Who is writing, and telling the server that one is.

import { element } from "./markdown.js";
import { state, username } from "./state.js";

const at = id => document.getElementById(id);
const typingKey = (channelID, rootID) => `${channelID}|${rootID}`;

export function noteTyping(userID, channelID, rootID) {
  const key = typingKey(channelID, rootID);
  if (!state.typing.has(key)) state.typing.set(key, new Map());
  const users = state.typing.get(key);
  clearTimeout(users.get(userID));
  users.set(userID, setTimeout(() => stopTyping(userID, channelID, rootID), 6000));
  showTyping();
}

export function stopTyping(userID, channelID, rootID) {
  const users = state.typing.get(typingKey(channelID, rootID));
  clearTimeout(users?.get(userID));
  if (users?.delete(userID)) showTyping();
}

export function showTyping() {
  for (const [form, rootID] of [[at("composer"), ""], [at("thread-composer"), state.threadID]]) {
    const users = state.typing.get(typingKey(state.channelID, rootID)) ?? new Map();
    const names = [...users.keys()].map(username);
    const line = form.querySelector("[data-role=typing]");
    const text = names.length === 0 ? "" : `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} typing`;
    if (line.textContent === text) continue;
    line.replaceChildren(text);
    if (text) line.append(element("span", { class: "dots", "aria-hidden": "true" }, element("i"), element("i"), element("i")));
  }
}

const lastTold = new Map();

export function tellTyping(rootID) {
  const key = typingKey(state.channelID, rootID);
  const now = Date.now();
  if (now - (lastTold.get(key) ?? 0) < 3000) return;
  lastTold.set(key, now);
  state.client.typing(state.channelID, rootID);
}
