// The posts that the page knows: from answers, and from events, which may overtake them.

import { state } from "./state.js";

const inOrder = posts => posts.sort((a, b) => a.create_at - b.create_at);

export const postsOfChannel = () => inOrder([...state.posts.values()]
  .filter(post => post.channel_id === state.channelID && !post.root_id));
export const postsOfThread = () => inOrder([...state.posts.values()]
  .filter(post => post.id === state.threadID || post.root_id === state.threadID));

const asked = new Set();    // for each page that is not here yet, the events heard since it was asked for

/**
 * Keeps the page of posts that `ask` brings, and on top of it what was heard meanwhile: the answer may be the older
 * of the two. Null when somebody else speaks by then.
 */
export async function fetchPosts(ask) {
  const client = state.client;
  const meanwhile = [];
  asked.add(meanwhile);
  try {
    const page = await ask(client);
    if (state.client !== client) return null;
    for (const post of Object.values(page.posts)) {
      if (!post.delete_at) state.posts.set(post.id, post);
    }
    meanwhile.forEach(change);
    return page;
  } finally {
    asked.delete(meanwhile);
  }
}

/** Takes in what an event says about posts. */
export function hear(frame) {
  for (const meanwhile of asked) meanwhile.push(frame);
  change(frame);
}

/** Takes in a post that is new. */
export function keep(post) {
  state.posts.set(post.id, post);
  const root = state.posts.get(post.root_id);
  if (root) state.posts.set(root.id, { ...root, reply_count: post.reply_count });
}

/** Done twice, an event changes nothing the second time. */
function change({ event, data }) {
  switch (event) {
    case "posted": return keep(JSON.parse(data.post));
    case "post_edited": return replace(JSON.parse(data.post));
    case "post_deleted": return drop(JSON.parse(data.post));
    case "reaction_added": return react(JSON.parse(data.reaction), true);
    case "reaction_removed": return react(JSON.parse(data.reaction), false);
  }
}

function replace(post) {
  if (state.posts.has(post.id)) state.posts.set(post.id, post);
}

function drop(post) {
  if (!state.posts.delete(post.id)) return;
  for (const [id, other] of state.posts) if (other.root_id === post.id) state.posts.delete(id);
  const root = state.posts.get(post.root_id);
  if (root) state.posts.set(root.id, { ...root, reply_count: Math.max(0, root.reply_count - 1) });
}

function react(reaction, isAdded) {
  const post = state.posts.get(reaction.post_id);
  if (!post) return;
  const rest = (post.metadata?.reactions ?? [])
    .filter(other => other.user_id !== reaction.user_id || other.emoji_name !== reaction.emoji_name);
  const list = isAdded ? [...rest, reaction] : rest;
  state.posts.set(post.id, { ...post, metadata: { ...post.metadata, reactions: list } });
}
