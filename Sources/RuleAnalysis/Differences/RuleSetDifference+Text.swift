import Core
import RuleEngine

extension RuleSetDifference {
  /// The difference on one line: `+2 rules, 1 changed, agent `ops` removed`.
  package var summary: String {
    var parts = ruleSummary + summary(of: agents, "agent") + summary(of: commands, "command")
    for (keys, name) in [(access, "access"), (slashText, "slash text"), (intake, "intake"), (turns, "turns")]
    where !keys.isEmpty { parts.append("\(name) changed") }
    if !journal.isEmpty { parts.append(journalSummary) }
    return parts.isEmpty ? "no difference" : parts.joined(separator: ", ")
  }

  /// The difference in sentences, one per line, with indented details.
  package var sentences: [String] {
    lines(rules, "rule") + lines(agents, "agent") + lines(commands, "command")
      + lines(access, under: "`access` changes:") + lines(slashText, under: "`commands` changes:")
      + lines(intake, under: "`intake` changes:") + lines(turns, under: "`turns` changes:")
      + lines(journal, under: "`journal` changes:")
  }

  /// The change of the journal, with the recording of messages spelled out: that must not go unnoticed.
  private var journalSummary: String {
    switch journal.first(where: { $0.key == "text" })?.new {
    case .text("true"): "journal changed: messages are recorded from now on"
    default: "journal changed"
    }
  }

  private var ruleSummary: [String] {
    var counts = ChangeCounts()
    for rule in rules { counts.count(rule.change) }
    var parts: [String] = []
    // The noun is written once, with the first count.
    func add(_ count: Int, _ text: (String) -> String) {
      guard count > 0 else { return }
      parts.append(text(parts.isEmpty ? " " + count.plural(one: "rule", other: "rules") : ""))
    }
    add(counts.added) { "+\(counts.added)\($0)" }
    add(counts.removed) { "-\(counts.removed)\($0)" }
    add(counts.changed) { "\(counts.changed)\($0) changed" }
    add(counts.renamed) { "\(counts.renamed)\($0) renamed" }
    add(counts.moved) { "\(counts.moved)\($0) moved" }
    return parts
  }

  private func summary(of items: [ItemDifference], _ noun: String) -> [String] {
    guard items.count <= 3 else { return ["\(items.count) \(noun)s changed"] }
    return items.map { item in
      let verb =
        switch item.change {
        case .added: "added"
        case .removed: "removed"
        case .kept: "changed"
        }
      return "\(noun) \(quoted(item.name)) \(verb)"
    }
  }

  private func lines(_ items: [ItemDifference], _ noun: String) -> [String] {
    items.flatMap { item in
      let name = "\(noun) \(quoted(item.name))"
      switch item.change {
      case .added(let position): return ["\(name) is new" + (position.map { ", \($0.text)" } ?? "")]
      case .removed: return ["\(name) is removed"]
      case .kept(let formerName, let movedTo, let keys):
        let moves = [formerName.map { "was called \(quoted($0))" }, movedTo.map { "moves, now \($0.text)" }]
          .compactMap(\.self)
        let head = moves.isEmpty ? [] : ["\(name) \(moves.joined(separator: " and "))"]
        return head + lines(keys, under: "\(name) changes:")
      }
    }
  }

  private func lines(_ keys: [KeyDifference], under head: String) -> [String] {
    keys.isEmpty ? [] : [head] + keys.map { "    \($0.text)" }
  }
}

private struct ChangeCounts {
  var added = 0
  var removed = 0
  var changed = 0
  var renamed = 0
  var moved = 0

  mutating func count(_ change: ItemDifference.Change) {
    switch change {
    case .added: added += 1
    case .removed: removed += 1
    case .kept(_, _, let keys) where !keys.isEmpty: changed += 1
    case .kept(.some, _, _): renamed += 1
    case .kept: moved += 1
    }
  }
}

extension ItemDifference.Position {
  fileprivate var text: String {
    switch self {
    case .first: "first"
    case .behind(let name): "after \(quoted(name))"
    }
  }
}

extension KeyDifference {
  /// The difference in words.
  package var text: String {
    switch (old, new) {
    case (.secret, .secret): return "\(quoted(key)) has changed; its value is not shown"
    case (.list(let old), .list(let new)), (.maps(let old), .maps(let new)):
      let added = new.filter(Set(old).isAbsent)
      let dropped = old.filter(Set(new).isAbsent)
      let parts = [("adds", added), ("removes", dropped)].filter { !$1.isEmpty }
      return "\(quoted(key)) " + parts.map { "\($0) \(listed($1))" }.joined(separator: " and ")
    case (let old?, let new?):
      let shown = apart(old.oneLine, new.oneLine)
      return "\(quoted(key)) is \(quoted(shown.new)), was \(quoted(shown.old))"
    case (nil, let new?): return "\(quoted(key)) is \(quoted(new.oneLine)), was not set"
    case (let old?, nil): return "\(quoted(key)) is no longer set, was \(quoted(old.oneLine))"
    case (nil, nil): return "\(quoted(key)) is the same"
    }
  }

  /// Returns two texts; without their common beginning, except for its end, if it would fill the line.
  private func apart(_ old: String, _ new: String) -> (old: String, new: String) {
    let shared = zip(old, new).prefix { $0 == $1 }.count - Limits.sharedCharactersShown
    guard shared > 0, max(old.count, new.count) > Limits.quotedScalarsMax else { return (old, new) }
    return ("…" + old.dropFirst(shared), "…" + new.dropFirst(shared))
  }

  private func listed(_ names: [String]) -> String {
    let shown = names.prefix(Limits.namesShownMax).map { quoted($0) }.joined(separator: ", ")
    return names.count > Limits.namesShownMax ? "\(shown) and \(names.count - Limits.namesShownMax) more" : shown
  }
}

extension Set {
  fileprivate func isAbsent(_ element: Element) -> Bool { !contains(element) }
}

private func quoted(_ text: String) -> String { text.inBackticks }
