// Who one can act as: users, bots and webhooks.

import { element } from "./markdown.js";
import { state, username } from "./state.js";

const group = (label, options) => options.length > 0 ? [element("optgroup", { label }, options)] : [];

/** Lists who one can act as. A webhook posts while the page shows what the user before it sees. */
export function showSpeakers(select) {
  const speakers = state.session.users.filter(user => user.token);
  const option = user => element("option", { value: user.username }, user.username);
  select.replaceChildren(
    ...group("People", speakers.filter(user => !user.is_bot).map(option)),
    ...group("Bots", speakers.filter(user => user.is_bot).map(option)),
    ...group("Webhooks", state.session.webhooks.map(hook =>
      element("option", { value: `webhook:${hook.id}` }, `${hook.name} (of ${username(hook.user_id)})`))));
  select.value = state.hook ? `webhook:${state.hook.id}` : state.client?.user.username ?? "";
}

/** Returns the webhook of a choice, or null if a user was chosen. */
export const hookOf = choice => state.session.webhooks.find(hook => `webhook:${hook.id}` === choice) ?? null;

/** The address to which a webhook's posts are sent, for one's own programs. */
export const hookAddress = hook => `${location.origin}/hooks/${hook.id}`;

/** Posts as the chosen webhook; returns why it cannot, or null. */
export async function postByHook(text, rootID, hasFiles) {
  const channel = state.channels.get(state.channelID);
  if (rootID) return "A webhook cannot reply in a thread.";
  if (hasFiles) return "A webhook cannot attach files.";
  if (channel.team_id !== state.hook.team_id) return "A webhook posts only in channels of its team.";
  await state.client.postByHook(state.hook, channel.name, text);
  return null;
}
