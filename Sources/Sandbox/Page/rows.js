// Posts as rows of a list, in the channel and in a thread.

import { filesOf } from "./attachments.js";
import { element, render } from "./markdown.js";
import { isUser, state, username } from "./state.js";

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function sign(channel) {
  const signs = { P: () => icon("lock"), D: () => "@", G: () => icon("group") };
  return element("span", { class: "sign", "aria-hidden": "true" }, signs[channel.type]?.() ?? "#");
}

const time = post => new Date(post.create_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** A run of one author's posts shows its author once. */
function follows(post, previous) {
  return previous && !previous.type && !post.type && previous.user_id === post.user_id && !previous.reply_count
    && post.create_at - previous.create_at < 5 * 60 * 1000;
}

function hue(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) % 6;
  return sum;
}

function postRow(post, isFollowing, openThread) {
  const author = username(post.user_id);
  if (post.type.startsWith("system_")) {
    return element("article", { class: "post system", "data-post": post.id, "data-author": "system" },
      element("div", { class: "text", dir: "auto" }, post.message), element("time", {}, time(post)));
  }
  const user = state.users.get(post.user_id);
  const body = element("div", { class: "text", dir: "auto", "data-role": "text" });
  body.append(render(post.message, isUser));
  if (post.edit_at) body.append(element("small", { class: "edited" }, "edited"));
  const replies = post.reply_count || 0;
  const row = element("article",
    { class: `post${isFollowing ? " following" : ""}`, "data-post": post.id, "data-author": author },
    element("span", { class: `avatar hue-${hue(author)}${user?.is_bot ? " bot" : ""}`, "aria-hidden": "true" },
      author === state.session.bot ? icon("crab") : author[0].toUpperCase()),
    element("header", {},
      element("strong", {}, author), user?.is_bot ? element("span", { class: "tag" }, "bot") : null,
      element("time", { datetime: new Date(post.create_at).toISOString() }, time(post))),
    body, filesOf(post), reactions(post));
  if (openThread) {
    if (replies > 0) {
      const more = element("button", { type: "button", class: "replies", "data-role": "replies" },
        replies === 1 ? "1 reply" : `${replies} replies`);
      more.addEventListener("click", () => openThread(post.id));
      row.append(more);
    }
    const reply = element("button", { type: "button", class: "reply", "data-role": "reply", title: "Reply in a thread",
      "aria-label": `Reply to ${author} in a thread` }, icon("reply"));
    reply.addEventListener("click", () => openThread(post.id));
    row.append(reply);
  }
  return row;
}

const emoji = { "+1": "👍", "-1": "👎", eyes: "👀", heart: "❤️", tada: "🎉", white_check_mark: "✅", x: "❌",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", robot_face: "🤖", warning: "⚠️", thinking_face: "🤔" };

function reactions(post) {
  const list = post.metadata?.reactions ?? [];
  if (list.length === 0) return null;
  const counts = new Map();
  for (const reaction of list) counts.set(reaction.emoji_name, (counts.get(reaction.emoji_name) ?? 0) + 1);
  return element("ul", { class: "reactions", "aria-label": "Reactions" },
    [...counts].map(([name, count]) => element("li", { "data-reaction": name, title: `:${name}:` },
      emoji[name] ?? `:${name}:`, count > 1 ? ` ${count}` : "")));
}

/** Keeps the end in sight for whoever looks at it, whatever grows or shrinks. */
export function followEnd(box) {
  const isAtEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  box.dataset.end = "true";
  box.addEventListener("scroll", () => { box.dataset.end = String(isAtEnd()); }, { passive: true });
  new ResizeObserver(() => { if (box.dataset.end === "true") box.scrollTop = box.scrollHeight; }).observe(box);
}

/** Shows `posts` in `box` behind `before`, leaving the rows that are right as they are. With `openThread` they offer it. */
export function showPosts(box, posts, before, openThread) {
  const rows = new Map([...box.children].map(row => [row.dataset.post, row]));
  const shown = [...before];
  posts.forEach((post, index) => {
    const isFollowing = follows(post, posts[index - 1]);
    const look = [post.update_at, post.reply_count, isFollowing, post.metadata?.reactions?.length ?? 0].join();
    let row = rows.get(post.id);
    if (!row || row.dataset.look !== look) {
      row = postRow(post, isFollowing, openThread);
      row.dataset.look = look;
    }
    shown.push(row);
  });
  shown.forEach((row, index) => {
    if (box.children[index] !== row) box.insertBefore(row, box.children[index] ?? null);
  });
  while (box.children.length > shown.length) box.lastChild.remove();
  if (box.dataset.end === "true") box.scrollTop = box.scrollHeight;
}
