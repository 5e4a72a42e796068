// What the page knows, and what things in it are called.

export const state = {
  session: null,
  users: new Map(),
  client: null,
  hook: null,             // the webhook that one acts as
  channels: new Map(),
  posts: new Map(),       // by id, of every channel that was loaded
  loaded: new Map(),      // channel id -> whether there are earlier posts
  unread: new Map(),      // channel id -> { posts, mentions }
  typing: new Map(),      // "channel|root" -> Map(user id -> timer)
  channelID: null,
  threadID: null,
};

// The address: #key=…&as=alice&channel=dev, so that a reload comes back to the same place.
export const place = new URLSearchParams(location.hash.slice(1));

export function rememberPlace() {
  history.replaceState(null, "", `#${place}`);
}

export const username = id => state.users.get(id)?.username ?? "someone";
export const isUser = name => [...state.users.values()].some(user => user.username === name)
  || ["all", "channel", "here"].includes(name);

export function others(channel) {
  if (channel.type === "D") {
    const other = channel.name.split("__").find(id => id !== state.client.user.id) ?? state.client.user.id;
    return username(other);
  }
  return channel.display_name.split(", ").filter(name => name !== state.client.user.username).join(", ");
}

/** What tests and the address call a channel. */
export function reference(channel) {
  if (channel.type === "D") return `@${others(channel)}`;
  if (channel.type === "G") return "group";
  const team = teamOf(channel);
  return team && team !== state.session.teams[0] ? `${team.name}/${channel.name}` : channel.name;
}

export const teamOf = channel => state.session.teams.find(team => team.id === channel.team_id);

export const title = channel => ["D", "G"].includes(channel.type) ? others(channel) : channel.display_name;

export function topic(channel) {
  if (channel.header) return channel.header;
  if (channel.type === "D") return "Only the two of you";
  if (channel.type === "G") return `A group of ${channel.display_name}`;
  return state.session.teams.length > 1 ? `In the team ${teamOf(channel)?.display_name}` : "";
}

/** By name, the bot's own channel in front of the other direct ones. */
export function byTitle(a, b) {
  const isBots = channel => channel.type === "D" && others(channel) === state.session.bot;
  return isBots(b) - isBots(a) || title(a).localeCompare(title(b));
}
