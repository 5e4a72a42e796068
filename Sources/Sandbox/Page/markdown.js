// Chat text to DOM nodes. Chat text is hostile: it only ever becomes text nodes inside elements made here, never
// markup, and an address becomes a link only when it is http, https or mailto.

/** An element with attributes and children; strings become text. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

/** A message, block by block. `isUser` tells which names after an @ are somebody's. */
export function render(text, isUser) {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const blocks = document.createDocumentFragment();
  let at = 0;
  while (at < lines.length) {
    const taken = fence(lines, at) || heading(lines, at, isUser) || quote(lines, at, isUser) || list(lines, at, isUser)
      || table(lines, at, isUser) || paragraph(lines, at, isUser);
    if (taken.node) blocks.append(taken.node);
    at = taken.next;
  }
  return blocks;
}

const marks = line => /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(line);

function fence(lines, at) {
  const open = marks(lines[at]);
  if (!open) return null;
  const [, mark, info] = open;
  let end = at + 1;
  while (end < lines.length) {
    const line = lines[end].trim();
    if (line.length >= mark.length && line[0] === mark[0] && [...line].every(character => character === mark[0])) break;
    end += 1;
  }
  const language = info.trim().split(/\s/)[0].slice(0, 20);
  const code = element("code", {}, lines.slice(at + 1, end).join("\n"));
  return { node: element("pre", { "data-language": language || null, tabindex: "0" }, code), next: end + 1 };
}

function heading(lines, at, isUser) {
  const match = /^(#{1,6}) +(\S.*)$/.exec(lines[at]);
  if (!match) return null;
  const node = element("p", { class: "heading", role: "heading", "aria-level": match[1].length + 2 });
  node.append(...inline(match[2], isUser));
  return { node, next: at + 1 };
}

function quote(lines, at, isUser) {
  if (!lines[at].startsWith(">")) return null;
  let end = at;
  while (end < lines.length && lines[end].startsWith(">")) end += 1;
  const inside = lines.slice(at, end).map(line => line.replace(/^> ?/, ""));
  // A quote inside a quote is shown as written: nothing nests without end.
  const node = element("blockquote");
  node.append(...withBreaks(inside, isUser));
  return { node, next: end };
}

const item = line => /^( *)([-*+]|\d{1,9}[.)]) +(.*)$/.exec(line);

function list(lines, at, isUser) {
  const first = item(lines[at]);
  if (!first) return null;
  const ordered = /\d/.test(first[2]);
  const node = element(ordered ? "ol" : "ul", ordered ? { start: parseInt(first[2], 10) } : {});
  let end = at;
  while (end < lines.length) {
    const match = item(lines[end]);
    if (!match || (match[1].length < 2 && /\d/.test(match[2]) !== ordered)) break;
    const entry = element("li", { class: match[1].length >= 2 ? "nested" : null });
    entry.append(...inline(match[3], isUser));
    node.append(entry);
    end += 1;
  }
  return { node, next: end };
}

const columnsMax = 20;
const bars = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** A row's cells; `\\|` is a bar inside a cell. */
function cells(line) {
  const inside = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inside.split(/(?<!\\)\|/).slice(0, columnsMax).map(cell => cell.trim().replaceAll("\\|", "|"));
}

function table(lines, at, isUser) {
  if (!lines[at].includes("|") || !lines[at + 1]?.includes("|") || lines[at + 1].length > 400) return null;
  if (!bars.test(lines[at + 1])) return null;
  const sides = cells(lines[at + 1]).map(bar => bar.endsWith(":") ? (bar.startsWith(":") ? "center" : "end") : null);
  const row = (line, name) => element("tr", {}, cells(line).map((cell, column) => {
    const node = element(name, { class: sides[column] });
    node.append(...inline(cell, isUser));
    return node;
  }));
  // A head without a word in it is only there because Markdown asks for one.
  const head = cells(lines[at]).some(cell => cell) && element("thead", {}, row(lines[at], "th"));
  const body = element("tbody");
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) body.append(row(lines[end++], "td"));
  return { node: element("div", { class: "table", tabindex: "0" }, element("table", {}, head, body)), next: end };
}

function paragraph(lines, at, isUser) {
  if (lines[at].trim() === "") return { node: null, next: at + 1 };
  let end = at + 1;
  while (end < lines.length && lines[end].trim() !== "" && !marks(lines[end]) && !item(lines[end])
    && !(lines[end].includes("|") && lines[end + 1]?.length <= 400 && bars.test(lines[end + 1]))
    && !lines[end].startsWith(">") && !/^#{1,6} +\S/.test(lines[end])) end += 1;
  const node = element("p");
  node.append(...withBreaks(lines.slice(at, end), isUser));
  return { node, next: end };
}

function withBreaks(lines, isUser) {
  return inline(lines.join("\n"), isUser).flatMap(node => {
    if (typeof node !== "string") return [node];
    return node.split("\n").flatMap((line, index) => index === 0 ? [line] : [element("br"), line]);
  });
}

const emphasis = [["***", "strong"], ["**", "strong"], ["__", "strong"], ["~~", "s"], ["*", "em"], ["_", "em"]];
const isWord = character => character !== undefined && /[\p{L}\p{N}_]/u.test(character);

/** A line's text with its code, links, names and emphasis: strings and elements. */
function inline(text, isUser, depth = 0) {
  const nodes = [];
  let plain = "";
  const add = node => {
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(node);
  };
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at, at + 2100);
    const found = code(text, at) || link(rest) || address(rest, text[at - 1]) || name(rest, text[at - 1], isUser)
      || (depth < 4 && emphasized(text, at, isUser, depth));
    if (found) {
      add(found.node);
      at += found.length;
    } else if (text[at] === "`") {
      // A run of backticks that nothing closes is text as a whole.
      const run = /^`+/.exec(rest)[0];
      plain += run;
      at += run.length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function code(text, at) {
  if (text[at] !== "`") return null;
  let open = at;
  while (text[open] === "`") open += 1;
  const run = text.slice(at, open);
  let close = text.indexOf(run, open);
  while (close >= 0) {
    let end = close;
    while (text[end] === "`") end += 1;
    if (end - close === run.length) return { node: element("code", {}, text.slice(open, close)), length: end - at };
    close = text.indexOf(run, end);
  }
  return null;
}

function anchor(target, label) {
  let url;
  try { url = new URL(target); } catch { return null; }
  if (!["http:", "https:", "mailto:"].includes(url.protocol)) return null;
  return element("a", { href: url.href, title: url.href, target: "_blank", rel: "noopener noreferrer nofollow" }, label);
}

function link(rest) {
  if (rest[0] !== "[") return null;
  const match = /^\[([^\[\]\n]{1,500})\]\(([^\s()]{1,1500})\)/.exec(rest);
  const node = match && anchor(match[2], match[1]);
  return node ? { node, length: match[0].length } : null;
}

function address(rest, before) {
  if (rest[0] !== "h" || isWord(before)) return null;
  const match = /^https?:\/\/[^\s<>"'`*]{1,2000}/.exec(rest);
  // The sentence's own punctuation does not belong to the address.
  let target = match?.[0] ?? "";
  while (/[.,;:!?\]}_]$/.test(target) || target.endsWith(")") && !isBalanced(target)) target = target.slice(0, -1);
  const node = target && anchor(target, target);
  return node ? { node, length: target.length } : null;
}

const isBalanced = text => text.split("(").length >= text.split(")").length;

function name(rest, before, isUser) {
  if (rest[0] !== "@" || isWord(before)) return null;
  let word = /^@[A-Za-z0-9._-]{1,64}/.exec(rest)?.[0];
  while (word && word.length > 1) {
    if (isUser(word.slice(1).toLowerCase())) return { node: element("span", { class: "mention" }, word), length: word.length };
    if (!/[._-]$/.test(word)) return null;
    word = word.slice(0, -1);
  }
  return null;
}

function emphasized(text, at, isUser, depth) {
  for (const [mark, tag] of emphasis) {
    if (!text.startsWith(mark, at) || isWord(text[at - 1]) && mark[0] === "_") continue;
    const start = at + mark.length;
    if (/\s/.test(text[start] ?? " ")) continue;
    const end = text.indexOf(mark, start + 1);
    if (end < 0 || /\s/.test(text[end - 1]) || mark[0] === "_" && isWord(text[end + mark.length])) continue;
    const node = element(tag);
    node.append(...inline(text.slice(start, end), isUser, depth + 1));
    return { node, length: end + mark.length - at };
  }
  return null;
}
