// The pictures of the page, which `index.html` defines.

import { element } from "./markdown.js";

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
