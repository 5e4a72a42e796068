#!/usr/bin/env python3
"""Draws which folder of a target uses which, and fails if folders use each other in a ring.

    scripts/check-folders.py [--why | --quiet] [Sources/Gateway …]

A folder uses another if a file in it names a declaration at the top level of a file in the other, or a member or nested
type that the other adds to a type of a third (`extension String`). A file that is in no folder stands for itself. `--why`
names a use for every arrow, `--quiet` prints errors only. Exits 1 if a ring is found that `KNOWN` does not list.

Names are compared, not types: a name that several folders declare is not followed, nor a member that has the name of one of
the standard library (`COMMON`). So an arrow may be missing.
"""
import os
import re
import sys

# Arrows that close a ring and wait to be cut: target -> (from, to) -> reason. The list only gets shorter: an arrow that is
# gone, or closes no ring any more, is an error, too.
KNOWN = {}

MODIFIERS = r"(?:(?:package|public|internal|open|final|indirect|nonisolated|dynamic|nonisolated\(unsafe\)|@\w+(?:\([^)]*\))?)\s+)*"
DECLARATION = re.compile(
    rf"^(?P<modifiers>{MODIFIERS})(?P<kind>struct|class|enum|actor|protocol|typealias|func|let|var|macro)\s+(?P<name>[A-Za-z_]\w*)",
    re.M)
EXTENSION = re.compile(r"^(?P<modifiers>(?:[\w@]+\s+)*)extension\s+\[?(?P<name>\w+)[^\n{]*\{", re.M)
MEMBER = re.compile(
    r"^  (?P<modifiers>(?:(?:\w+|@\w+(?:\([^)]*\))?|private\(set\))\s+)*?)"
    r"(?P<kind>struct|class|enum|actor|typealias|func|let|var)\s+(?P<name>[A-Za-z_]\w*)", re.M)
ANY = re.compile(r"\b(?:struct|class|enum|actor|protocol|typealias|func|let|var|case)\s+`?([A-Za-z_]\w*)")
# Names of the standard library's members that extensions here have, too.
COMMON = {"count", "description", "encode", "isEmpty", "map", "rawValue"}
NESTED = re.compile(r"^[ \t]+(?:[\w@()]+\s+)*(?:struct|class|enum|actor|protocol|typealias|case)\s+([A-Z]\w*)", re.M)
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|(?P<hash>#*)"""|(?P<hash1>#*)"', re.S)


def code(text):
    """Returns the text without comments and without what strings hold outside of interpolations."""
    out = []
    position = 0
    while match := TOKEN.search(text, position):
        out.append(text[position:match.start()])
        if match.group().startswith("/"):
            out.append("\n" * match.group().count("\n"))
            position = match.end()
            continue
        hashes = match.group("hash") if match.group("hash") is not None else match.group("hash1")
        end = ('"""' if match.group("hash") is not None else '"') + hashes
        position = string(text, match.end(), end, "\\" + hashes, out)
    out.append(text[position:])
    return "".join(out)


def string(text, position, end, escape, out):
    """Skips a string, keeps its interpolations, and returns where it ends."""
    while position < len(text):
        if text.startswith(end, position):
            return position + len(end)
        if text.startswith(escape, position):
            position += len(escape)
            if text.startswith("(", position):
                depth, start = 0, position
                while position < len(text):
                    character = text[position]
                    if character == '"':
                        # A string inside of an interpolation: its own interpolations count as well.
                        out.append(text[start:position])
                        quote = '"""' if text.startswith('"""', position) else '"'
                        position = string(text, position + len(quote), quote, "\\", out)
                        start = position
                        continue
                    depth += (character == "(") - (character == ")")
                    position += 1
                    if depth == 0:
                        break
                out.append(text[start:position] + " ")
            else:
                position += 1
            continue
        if text[position] == "\n":
            out.append("\n")
        position += 1
    return position


def files(target):
    for folder, _, names in os.walk(target):
        for name in sorted(names):
            if name.endswith(".swift"):
                path = os.path.join(folder, name)
                inner = os.path.relpath(path, target).split(os.sep)
                yield path, inner[0]


def members(texts, types):
    """Returns the members that exactly one folder declares, in an extension of a type of another folder or target, as
    name -> (folder, is a function). `types` has the folders of the types at the top level by their names."""
    declared, found = {}, {}
    for folder, text in texts.values():
        for name in ANY.findall(text):
            declared.setdefault(name, set()).add(folder)
        for extension in EXTENSION.finditer(text):
            if "private" in extension["modifiers"] or folder in types.get(extension["name"], ()):
                continue
            end = text.find("\n}", extension.end())
            for member in MEMBER.finditer(text, extension.end(), end):
                if "private " not in member["modifiers"] and "fileprivate" not in member["modifiers"]:
                    found[member["name"]] = (folder, member["kind"] == "func")
    return {name: use for name, use in found.items() if len(declared[name]) == 1 and name not in COMMON}


def arrows(target):
    """Returns folder -> folder -> one use of it as `file:line name`, and the folders."""
    texts, owner, own = {}, {}, {}
    for path, folder in files(target):
        text = code(open(path, encoding="utf-8").read())
        texts[path] = (folder, text)
        own.setdefault(folder, set()).update(NESTED.findall(text))
        for match in DECLARATION.finditer(text):
            owner.setdefault(match["name"], set()).add(folder)
    names = {name for name, folders in owner.items() if len(folders) == 1 and len(name) > 2}
    found = {folder: {} for folder in own}
    if len(own) < 2:
        return found
    word = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
    for path, (folder, text) in texts.items():
        for match in word.finditer(text):
            name = match.group()
            if name not in names:
                continue
            (other,) = owner[name]
            if other == folder or other in found[folder] or name in own[folder]:
                continue
            # A lower-case name is a function or a constant: only a call or a use that is not a label counts.
            if name[0].islower() and not re.match(r"\s*\(", text[match.end():]):
                continue
            line = text.count("\n", 0, match.start()) + 1
            found[folder][other] = f"{path}:{line} {name}"
    added = members(texts, owner)
    # A member behind a dot, a call of a function, or a type.
    use = re.compile(r"(?P<dot>\.)?\b(?P<name>[A-Za-z_]\w*)(?P<call>\()?")
    for path, (folder, text) in texts.items():
        for match in use.finditer(text):
            other, is_function = added.get(match["name"], (folder, False))
            if other == folder or other in found[folder]:
                continue
            is_called = match["call"] is not None
            if (match["dot"] and (is_function or not is_called)) or (is_function and is_called) or match["name"][0].isupper():
                line = text.count("\n", 0, match.start()) + 1
                found[folder][other] = f"{path}:{line} {match['dot'] or ''}{match['name']}"
    return found


def rings(graph):
    """Returns the sets of folders that reach each other (Tarjan's strongly connected components of more than one)."""
    index, low, stack, out = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            ring = []
            while True:
                ring.append(stack.pop())
                if ring[-1] == node:
                    break
            # Files that are in no folder may use each other, as those of one folder may.
            if len(ring) > 1 and not all(node.endswith(".swift") for node in ring):
                out.append(sorted(ring))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return out


def main(arguments):
    why, quiet = "--why" in arguments, "--quiet" in arguments
    targets = [argument.rstrip("/") for argument in arguments if not argument.startswith("-")]
    if not targets:
        targets = sorted(os.path.join("Sources", name) for name in os.listdir("Sources") if os.path.isdir(os.path.join("Sources", name)))
    failed = False
    for target in targets:
        graph = arrows(target)
        if all(node.endswith(".swift") for node in graph):
            continue
        name = os.path.basename(target)
        if not quiet:
            print(name)
        for folder in [] if quiet else sorted(graph, key=lambda folder: (folder.endswith(".swift"), folder)):
            print(f"  {folder} -> {', '.join(sorted(graph[folder])) or '(none)'}")
            if why:
                for other in sorted(graph[folder]):
                    print(f"      {other}: {graph[folder][other]}")
        known = KNOWN.get(name, {})
        closing = {arrow for ring in rings(graph) for arrow in known if set(arrow) <= set(ring)}
        for (folder, other), reason in known.items():
            if other not in graph.get(folder, {}) or (folder, other) not in closing:
                failed = True
                print(f"{name}: error: closes no ring any more, so take it out of KNOWN: {folder} -> {other}")
            elif not quiet:
                print(f"  known to close a ring: {folder} -> {other}: {reason}")
        rest = {folder: {other for other in graph[folder] if (folder, other) not in known} for folder in graph}
        for ring in rings(rest):
            failed = True
            print(f"{name}: error: these folders use each other in a ring: {', '.join(ring)}")
            for folder in ring:
                for other in sorted(rest[folder] & set(ring)):
                    print(f"      {folder} -> {other}: {graph[folder][other]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
