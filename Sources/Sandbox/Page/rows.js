// Posts as rows of a list, in the channel and in a thread.

import { actionsOf, hasReaction, toggleReaction } from "./actions.js";
import { filesOf } from "./attachments.js";
import { emoji } from "./emoji.js";
import { icon } from "./icons.js";
import { element, render } from "./markdown.js";
import { isUser, state, username } from "./state.js";

const time = post => new Date(post.create_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** The name that a post shows: a webhook's post may claim any. */
function authorOf(post) {
  const claimed = isByWebhook(post) ? post.props.override_username : null;
  return typeof claimed === "string" && claimed !== "" ? claimed : username(post.user_id);
}

const isByWebhook = post => post.props?.from_webhook === "true";

/** A run of one author's posts shows its author once. */
function follows(post, previous) {
  return previous && !previous.type && !post.type && previous.user_id === post.user_id && !previous.reply_count
    && authorOf(previous) === authorOf(post)
    && post.create_at - previous.create_at < 5 * 60 * 1000;
}

function hue(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) % 6;
  return sum;
}

function tagOf(post) {
  if (isByWebhook(post)) {
    return element("span", { class: "tag", title: `by the account ${username(post.user_id)}` }, "webhook");
  }
  return state.users.get(post.user_id)?.is_bot ? element("span", { class: "tag" }, "bot") : null;
}

function postRow(post, isFollowing, view) {
  const author = authorOf(post);
  if (post.type.startsWith("system_")) {
    return element("article", { class: "post system", "data-post": post.id, "data-author": "system" },
      element("div", { class: "text", dir: "auto" }, post.message), element("time", {}, time(post)));
  }
  const isBot = isByWebhook(post) || state.users.get(post.user_id)?.is_bot;
  const body = element("div", { class: "text", dir: "auto", "data-role": "text" });
  body.append(render(post.message, isUser));
  if (post.edit_at) body.append(element("small", { class: "edited" }, "edited"));
  const replies = post.reply_count || 0;
  const row = element("article",
    { class: `post${isFollowing ? " following" : ""}`, "data-post": post.id, "data-author": author, tabindex: "-1" },
    element("span", { class: `avatar hue-${hue(author)}${isBot ? " bot" : ""}`, "aria-hidden": "true" },
      username(post.user_id) === state.session.bot ? icon("crab") : [...author][0].toUpperCase()),
    element("header", {},
      element("strong", {}, author), tagOf(post),
      element("time", { datetime: new Date(post.create_at).toISOString() }, time(post))),
    body, filesOf(post));
  if (reactionsOf(post).length > 0) row.append(reactions(row, post));
  if (view.openThread && replies > 0) {
    const more = element("button", { type: "button", class: "replies", "data-role": "replies" },
      replies === 1 ? "1 reply" : `${replies} replies`);
    more.addEventListener("click", () => view.openThread(post.id));
    row.append(more);
  }
  row.append(actionsOf(row, post, author, view));
  return row;
}

const reactionsOf = post => post.metadata?.reactions ?? [];

function reactions(row, post) {
  const users = Map.groupBy(reactionsOf(post), reaction => reaction.emoji_name);
  return element("ul", { class: "reactions", "aria-label": "Reactions" }, [...users].map(([name, list]) => {
    const label = `:${name}: by ${list.map(reaction => username(reaction.user_id)).join(", ")}`;
    const toggle = element("button",
      { type: "button", title: label, "aria-label": label, "aria-pressed": String(hasReaction(post, name)) },
      emoji(name), list.length > 1 ? ` ${list.length}` : "");
    toggle.addEventListener("click", () => toggleReaction(row, post, name));
    return element("li", { "data-reaction": name }, toggle);
  }));
}

/** Keeps the end of `box` in view while it is scrolled to the end, also when the size of `box` changes. */
export function followEnd(box) {
  const isAtEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  box.dataset.end = "true";
  box.addEventListener("scroll", () => { box.dataset.end = String(isAtEnd()); }, { passive: true });
  new ResizeObserver(() => { if (box.dataset.end === "true") box.scrollTop = box.scrollHeight; }).observe(box);
}

/**
 * Shows `posts` in `box` behind `before`, leaving the rows that are right as they are. `view` has `openThread`, or null
 * in a thread, and `refresh`.
 */
export function showPosts(box, posts, before, view) {
  const rows = new Map([...box.children].map(row => [row.dataset.post, row]));
  const shown = [...before];
  const focusIn = new Map();    // a new row in place of one with the focus -> the role of what had it
  posts.forEach((post, index) => {
    const isFollowing = follows(post, posts[index - 1]);
    const look = [post.update_at, post.reply_count, isFollowing,
      ...reactionsOf(post).map(reaction => reaction.emoji_name + reaction.user_id)].join();
    let row = rows.get(post.id);
    if (!row || row.dataset.look !== look && !row.dataset.editing) {
      const role = row?.contains(document.activeElement) ? document.activeElement.dataset.role : null;
      row = postRow(post, isFollowing, view);
      row.dataset.look = look;
      if (role) focusIn.set(row, role);
    }
    shown.push(row);
  });
  shown.forEach((row, index) => {
    if (box.children[index] !== row) box.insertBefore(row, box.children[index] ?? null);
  });
  while (box.children.length > shown.length) box.lastChild.remove();
  for (const [row, role] of focusIn) {
    (row.querySelector(`[data-role=${role}]`) ?? row.querySelector("[data-role=react]"))?.focus({ preventScroll: true });
  }
  if (box.dataset.end === "true") box.scrollTop = box.scrollHeight;
}
