// The files that hang on a message that is being written, and those of posts.

import { imageOf } from "./images.js";
import { element } from "./markdown.js";
import { state } from "./state.js";

const filesMax = 10;

const attached = new Map();    // of each form

const files = form => attached.get(form) ?? [];

export const hasFiles = form => files(form).length > 0;

/** Takes the files of a form off it. */
export function takeOff(form) {
  const taken = files(form);
  attach(form, null);
  return taken;
}

/** Uploads files to a channel and returns their ids. */
export async function uploadFiles(channelID, taken) {
  const ids = [];
  for (const file of taken) ids.push(await state.client.upload(channelID, file));
  return ids;
}

/** Puts files on what is being written in a form; without any, takes them all off. */
export function attach(form, more) {
  attached.set(form, more ? [...files(form), ...more].slice(0, filesMax) : []);
  const list = form.querySelector("[data-role=attached]");
  list.hidden = !hasFiles(form);
  list.replaceChildren(...files(form).map(file => {
    const remove = element("button", { type: "button", "aria-label": `Take ${file.name} off` }, "×");
    remove.addEventListener("click", () => {
      attached.set(form, files(form).filter(other => other !== file));
      attach(form, []);
    });
    return element("li", { "data-attached": file.name }, file.name, " ", remove);
  }));
  form.dispatchEvent(new Event("change"));
}

/** Lets a form take files: by its button, dropped on it, or pasted. */
export function takeFiles(form) {
  const input = form.querySelector("input[type=file]");
  form.querySelector("[data-role=attach]").addEventListener("click", () => input.click());
  input.addEventListener("change", event => {
    event.stopPropagation();
    attach(form, input.files);
    input.value = "";
  });
  form.addEventListener("dragover", event => event.preventDefault());
  form.addEventListener("drop", event => {
    event.preventDefault();
    attach(form, event.dataTransfer.files);
  });
  form.addEventListener("paste", event => { if (event.clipboardData.files.length) attach(form, event.clipboardData.files); });
}

const size = bytes => bytes === 1 ? "1 byte" : bytes < 1024 ? `${bytes} bytes`
  : bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** The files of a post; null where it has none. */
export function filesOf(post) {
  const list = post.metadata?.files ?? [];
  if (list.length === 0) return null;
  return element("ul", { class: "files", "aria-label": "Files" }, list.map(file => {
    const get = element("button", { type: "button", title: "Download" }, `${file.name}, ${size(file.size)}`);
    get.addEventListener("click", () => save(file));
    const image = imageOf(file);
    return element("li", { "data-file": file.name, class: image ? "with-image" : null }, image, get);
  }));
}

async function save(file) {
  const url = URL.createObjectURL(await state.client.download(file.id));
  element("a", { href: url, download: file.name }).click();
  URL.revokeObjectURL(url);
}
