// The page itself: keeps what one user sees, and shows it.

import { fill, note, setUp } from "./composer.js";
import { element } from "./markdown.js";
import { fetchPosts, hear, keep, postsOfChannel, postsOfThread } from "./posts.js";
import { icon, sign } from "./icons.js";
import { followEnd, showPosts } from "./rows.js";
import { Client, Refusal, openSession } from "./server.js";
import { hookAddress, hookOf, showSpeakers } from "./speakers.js";
import { byTitle, others, place, reference, rememberPlace, state, title, topic } from "./state.js";
import { noteTyping, showTyping, stopTyping } from "./typing.js";
import { setUpWhy } from "./why.js";

const at = id => document.getElementById(id);
const app = at("app");

// --- Sidebar

function showChannels() {
  const channels = [...state.channels.values()];
  const teams = state.session.teams;
  const sections = [
    ...teams.map(team => [teams.length > 1 ? team.display_name : "Channels",
      channels.filter(channel => channel.team_id === team.id)]),
    ["Direct messages", channels.filter(channel => ["D", "G"].includes(channel.type))],
  ];
  at("channels").replaceChildren(...sections.filter(([, list]) => list.length > 0).map(([name, list]) =>
    element("section", {},
      element("h2", {}, name),
      element("ul", {}, list.sort(byTitle).map(channelEntry)))));
  const mentions = [...state.unread.values()].reduce((sum, unread) => sum + unread.mentions, 0);
  const current = state.channels.get(state.channelID);
  document.title = `${mentions ? `(${mentions}) ` : ""}${current ? `${title(current)} · ` : ""}edgecrab sandbox`;
}

function channelEntry(channel) {
  const unread = state.unread.get(channel.id);
  const isCurrent = channel.id === state.channelID;
  const button = element("button",
    {
      type: "button", class: "entry", "data-channel": reference(channel), "data-unread": unread ? unread.posts : null,
      "aria-current": isCurrent ? "page" : null,
    },
    sign(channel),
    element("span", { class: "name" }, title(channel)),
    unread?.mentions ? element("span", { class: "badge", "aria-label": `${unread.mentions} for you` },
      String(unread.mentions)) : null);
  button.addEventListener("click", () => openChannel(channel.id));
  return element("li", {}, button);
}

function showSidebar(isShown) {
  app.toggleAttribute("data-sidebar", isShown);
  at("menu").setAttribute("aria-expanded", String(isShown));
}

// --- Messages

function showMessages() {
  const channel = state.channels.get(state.channelID);
  if (!channel) return;
  const posts = postsOfChannel();
  const before = [];
  if (state.loaded.get(channel.id)) {
    const button = element("button", { type: "button", class: "earlier", id: "earlier" }, "Show earlier messages");
    button.addEventListener("click", () => loadEarlier(channel.id, posts[0].id));
    before.push(button);
  }
  if (posts.length === 0 && state.loaded.has(channel.id)) before.push(welcome(channel));
  showPosts(at("messages"), posts, before, { openThread, refresh: showMessages });
  if (state.threadID) showPosts(at("thread-messages"), postsOfThread(), [], { openThread: null, refresh: showMessages });
  showTyping();
}

function welcome(channel) {
  const isDirect = channel.type === "D";
  const bot = state.session.bot;
  const tries = isDirect ? ["hello", "!help"] : [`@${bot} hello`, `@${bot} /help`, "!help"];
  const hearsBot = channel.name !== "random" && (!isDirect || others(channel) === bot);
  return element("div", { class: "welcome" },
    element("p", { class: "big" }, ["D", "G"].includes(channel.type)
      ? `This is the beginning of your conversation with ${title(channel)}.` : `This is the beginning of ${title(channel)}.`),
    hearsBot ? element("p", {}, "Say something to the bot:") : element("p", {}, "The bot does not receive messages here."),
    hearsBot ? element("p", { class: "tries" }, tries.map(text => {
      const button = element("button", { type: "button" }, text);
      button.addEventListener("click", () => fill(at("composer"), text));
      return button;
    })) : null);
}

// --- Loading

async function openChannel(channelID) {
  const channel = state.channels.get(channelID);
  if (!channel) return;
  state.channelID = channelID;
  closeThread();
  state.unread.delete(channelID);
  place.set("channel", reference(channel));
  rememberPlace();
  app.dataset.channel = reference(channel);
  at("channel-name").replaceChildren(sign(channel), title(channel));
  at("channel-topic").textContent = topic(channel);
  showHook();
  note(at("composer"), null);
  showChannels();
  showSidebar(false);
  at("messages").replaceChildren();
  at("messages").dataset.end = "true";
  showMessages();
  if (matchMedia("(hover: hover)").matches) at("text").focus();
  await load(channelID);
}

async function load(channelID) {
  const page = await fetchPosts(client => client.posts(channelID));
  if (!page) return;
  state.loaded.set(channelID, page.prev_post_id !== "");
  if (state.channelID === channelID) showMessages();
}

async function loadEarlier(channelID, postID) {
  const page = await fetchPosts(client => client.posts(channelID, postID));
  if (!page) return;
  state.loaded.set(channelID, page.prev_post_id !== "");
  const box = at("messages");
  const fromEnd = box.scrollHeight - box.scrollTop;
  showMessages();
  box.scrollTop = box.scrollHeight - fromEnd;
}

async function openThread(rootID) {
  state.threadID = rootID;
  app.dataset.thread = rootID;
  at("thread").hidden = false;
  at("thread-place").textContent = `in ${title(state.channels.get(state.channelID))}`;
  at("thread-messages").replaceChildren();
  at("thread-messages").dataset.end = "true";
  note(at("thread-composer"), null);
  showMessages();
  at("thread-text").focus();
  if (await fetchPosts(client => client.thread(rootID))) showMessages();
}

function closeThread() {
  if (!state.threadID) return;
  state.threadID = null;
  delete app.dataset.thread;
  at("thread").hidden = true;
  at("text").focus();
}

// --- What happens on the server

function take(frame) {
  hear(frame);
  const { data, broadcast } = frame;
  switch (frame.event) {
    case "posted": return notice(JSON.parse(data.post), data.mentions ? JSON.parse(data.mentions) : []);
    case "post_deleted":
      if (state.threadID && !state.posts.has(state.threadID)) closeThread();
      return showMessages();
    case "post_edited":
    case "reaction_added":
    case "reaction_removed": return showMessages();
    case "typing": return noteTyping(data.user_id, broadcast.channel_id, data.parent_id);
    case "user_added":
    case "user_removed": return loadChannels().then(showChannels);
    case "custom_sandbox_changed": return loadSession().then(loadChannels).then(showChannels);
  }
}

function notice(post, mentions) {
  stopTyping(post.user_id, post.channel_id, post.root_id);
  if (!state.channels.has(post.channel_id)) loadChannels().then(showChannels);
  const isSeen = post.channel_id === state.channelID && document.visibilityState === "visible";
  if (!isSeen && post.user_id !== state.client.user.id) {
    const unread = state.unread.get(post.channel_id) ?? { posts: 0, mentions: 0 };
    unread.posts += 1;
    if (mentions.includes(state.client.user.id)) unread.mentions += 1;
    state.unread.set(post.channel_id, unread);
    showChannels();
  }
  showMessages();
}

function showConnection(isOpen) {
  app.dataset.connection = isOpen ? "open" : "closed";
  at("connection").hidden = isOpen;
  at("connection").textContent = isOpen ? "" : "The connection to the sandbox is lost. Trying again…";
}

function sent(form, post) {
  if (!state.posts.has(post.id)) {
    keep(post);
    showMessages();
  }
  const list = at(form.dataset.box === "thread" ? "thread-messages" : "messages");
  list.scrollTop = list.scrollHeight;
}

// --- Who

async function loadChannels() {
  const client = state.client;
  const channels = await client.channels();
  if (state.client === client) state.channels = new Map(channels.map(channel => [channel.id, channel]));
}

/** Loads who there is: at the start, and after newer rules have named more. */
async function loadSession() {
  state.session = await openSession(place.get("key") ?? "");
  state.users = new Map(state.session.users.map(user => [user.id, user]));
  showSpeakers(at("speaker"));
}

/** Acts as a user from now on, or as a webhook, which sees nothing: the page goes on showing what the user sees. */
function choose(speaker) {
  const hook = hookOf(speaker);
  if (!hook) return speakAs(speaker);
  state.hook = hook;
  showHook();
}

function showHook() {
  const channel = state.channels.get(state.channelID);
  if (!channel) return;
  const where = ["D", "G"].includes(channel.type) ? title(channel) : `#${title(channel)}`;
  at("text").placeholder = state.hook ? `Post in ${where} as the webhook ${state.hook.name}` : `Message ${where}`;
  at("hook").hidden = !state.hook;
  at("hook").textContent = state.hook ? `Programs post as this webhook at ${hookAddress(state.hook)}` : "";
}

async function speakAs(name) {
  const user = state.session.users.find(user => user.username === name && user.token)
    ?? state.session.users.find(user => user.token);
  state.hook = null;
  state.client?.end();
  for (const map of [state.channels, state.posts, state.loaded, state.unread, state.typing]) map.clear();
  closeThread();
  state.channelID = null;
  at("messages").replaceChildren();
  showChannels();
  const client = new Client(user, frame => state.client === client && take(frame), connection => {
    if (state.client !== client) return;
    showConnection(connection === "open");
    // What was answered before may lack what happened until now: from here on events tell it.
    if (connection === "open" && state.channelID) load(state.channelID).catch(() => {});
  });
  state.client = client;
  app.dataset.connection = "connecting";
  at("speaker").value = user.username;
  place.set("as", user.username);
  delete app.dataset.speaker;
  await loadChannels();
  if (state.client !== client) return;
  const channels = [...state.channels.values()];
  const wanted = channels.find(channel => reference(channel) === place.get("channel"))
    ?? channels.find(channel => channel.name === "dev") ?? channels[0];
  const opening = openChannel(wanted.id);
  app.dataset.speaker = user.username;
  await opening;
}

function stop(...content) {
  app.hidden = true;
  at("stop").hidden = false;
  at("stop").replaceChildren(icon("crab"), element("p", {}, ...content));
}

async function start() {
  for (const form of [at("composer"), at("thread-composer")]) setUp(form, sent);
  for (const box of [at("messages"), at("thread-messages")]) followEnd(box);
  at("menu").addEventListener("click", () => showSidebar(!app.hasAttribute("data-sidebar")));
  at("backdrop").addEventListener("click", () => showSidebar(false));
  at("thread-close").addEventListener("click", closeThread);
  at("speaker").addEventListener("change", event => choose(event.target.value));
  setUpWhy();
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (app.hasAttribute("data-sidebar")) showSidebar(false);
    else closeThread();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && state.unread.delete(state.channelID)) showChannels();
  });
  try {
    await loadSession();
  } catch (error) {
    return stop(error instanceof Refusal ? error.message : "The sandbox does not answer.");
  }
  await speakAs(place.get("as") ?? "alice");
  app.dataset.state = "ready";
}

start();
