// Images in posts: only files of this sandbox, fetched with the user's token; nothing is loaded from other servers.

import { element } from "./markdown.js";
import { state } from "./state.js";

const types = ["image/png", "image/jpeg", "image/gif"];
const urlsMax = 60;

const urls = new Map();    // file id -> promise of an object URL, oldest first

/** Returns whether a file is shown as an image. The number of pixels in its head limits what the browser decodes. */
const isShown = file => types.includes(file.mime_type) && file.has_preview_image
  && file.width * file.height <= state.session.image_pixels_max;

function urlOf(file) {
  if (!urls.has(file.id)) {
    urls.set(file.id, state.client.download(file.id).then(content => URL.createObjectURL(content)));
    if (urls.size > urlsMax) {
      const [oldest, url] = urls.entries().next().value;
      urls.delete(oldest);
      url.then(url => URL.revokeObjectURL(url)).catch(() => {});
    }
  }
  return urls.get(file.id);
}

/** Returns a file as an image, or null if it is no image or too large. */
export function imageOf(file) {
  if (!isShown(file)) return null;
  const image = element("img", { class: "image", alt: file.name, width: file.width, height: file.height });
  urlOf(file).then(url => { image.src = url; }).catch(() => {
    urls.delete(file.id);
    image.remove();
  });
  image.addEventListener("error", () => image.remove());
  return image;
}
