// What the page knows of the server: the session that the printed address opens, Mattermost's REST API, and its
// WebSocket, each as one of the sandbox's users.

/** A refusal, with the server's own words. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function answerOf(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, body.message || `The server answered ${response.status}.`);
  return body;
}

const askPage = async (key, path) =>
  answerOf(await fetch(`/page/${path}`, { method: "POST", headers: { "X-Sandbox-Key": key } }));

/** Who there is, and the tokens to act as them. */
export const openSession = key => askPage(key, "session");

/** Why a post was answered or not. */
export const explanationOf = (key, postID) => askPage(key, `why?post=${encodeURIComponent(postID)}`);

/** One user's view. `onEvent` gets every event; `onState` gets `open` and `closed`. */
export class Client {
  #token;
  #socket = null;
  #sequence = 1;
  #ended = false;
  #pause = 250;

  constructor(user, onEvent, onState) {
    this.user = user;
    this.#token = user.token;
    this.onEvent = onEvent;
    this.onState = onState;
    this.#connect();
  }

  async call(method, path, body) {
    const headers = { Authorization: `Bearer ${this.#token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return answerOf(await fetch(`/api/v4/${path}`, { method, headers, body: body && JSON.stringify(body) }));
  }

  /** Uploads a file, which hangs nowhere until a post names its id. */
  async upload(channelID, file) {
    const query = new URLSearchParams({ channel_id: channelID, filename: file.name });
    const headers = { Authorization: `Bearer ${this.#token}` };
    const answer = await answerOf(await fetch(`/api/v4/files?${query}`, { method: "POST", headers, body: file }));
    return answer.file_infos[0].id;
  }

  /** A file's content. */
  async download(fileID) {
    const response = await fetch(`/api/v4/files/${fileID}`, { headers: { Authorization: `Bearer ${this.#token}` } });
    return response.ok ? response.blob() : answerOf(response);
  }

  channels() { return this.call("GET", "users/me/channels"); }
  posts(channelID, before) {
    return this.call("GET", `channels/${channelID}/posts?per_page=60${before ? `&before=${before}` : ""}`);
  }
  thread(postID) { return this.call("GET", `posts/${postID}/thread`); }
  send(channelID, message, rootID, fileIDs = []) {
    const pending = `${this.user.id}:${Date.now()}:${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    return this.call("POST", "posts",
      { channel_id: channelID, message, root_id: rootID || "", pending_post_id: pending, file_ids: fileIDs });
  }
  edit(postID, message) { return this.call("PUT", `posts/${postID}/patch`, { message }); }
  remove(postID) { return this.call("DELETE", `posts/${postID}`); }
  react(postID, name) {
    return this.call("POST", "reactions", { user_id: this.user.id, post_id: postID, emoji_name: name });
  }
  unreact(postID, name) {
    return this.call("DELETE", `users/me/posts/${postID}/reactions/${encodeURIComponent(name)}`);
  }

  /** Posts as a webhook, as a program would: without a token. */
  async postByHook(hook, channelName, text) {
    const response = await fetch(`/hooks/${hook.id}`, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text, channel: channelName, username: hook.name }),
    });
    if (!response.ok) await answerOf(response);
  }

  typing(channelID, rootID) { this.#say("user_typing", { channel_id: channelID, parent_id: rootID || "" }); }

  end() {
    this.#ended = true;
    this.#socket?.close();
  }

  #say(action, data) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify({ seq: this.#sequence++, action, data }));
  }

  // A browser cannot send an Authorization header with a WebSocket: log in with the challenge.
  #connect() {
    this.#sequence = 1;
    const socket = new WebSocket(`ws://${location.host}/api/v4/websocket`);
    this.#socket = socket;
    socket.onopen = () => this.#say("authentication_challenge", { token: this.#token });
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (this.#ended || !frame.event) return;
      if (frame.event === "hello") {
        this.#pause = 250;
        this.onState("open");
      }
      this.onEvent(frame);
    };
    socket.onclose = () => {
      if (this.#ended) return;
      this.onState("closed");
      setTimeout(() => { if (!this.#ended) this.#connect(); }, this.#pause);
      this.#pause = Math.min(this.#pause * 2, 4000);
    };
  }
}
