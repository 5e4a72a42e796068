import Core
package import RuleEngine

extension Rule {
  /// The rule as a rules file has it, every default written out.
  package var yaml: String { YAMLWriter.text(withDefaults.written) }

  /// The same as JSON.
  package var json: String { YAMLValue.map(withDefaults.written).json.lines }

  var written: [YAMLEntry] {
    var entries = [YAMLEntry("name", .text(name)), YAMLEntry("when", .map(when.written)), action.written]
    entries += [
      YAMLEntry("session", .map(session.written)), YAMLEntry("reply", .map(reply.written)),
      YAMLEntry(
        "busy", .map([YAMLEntry("mode", .word(busy.mode.rawValue)), YAMLEntry("max", .number(Int64(busy.max)))])),
      limit.written, YAMLEntry("mode", .word(mode.rawValue)),
    ]
    if let prompt {
      entries.append(YAMLEntry("prompt", .text(prompt.written)))
    } else if case .agent = action {
      entries.append(.note("prompt", "the message"))
    }
    return entries
  }
}

extension RuleAction {
  fileprivate var written: YAMLEntry {
    switch self {
    case .agent(let name): YAMLEntry("agent", .text(name))
    case .say(let text): YAMLEntry("say", .text(text.written))
    case .ignore: YAMLEntry("ignore", .bool(true))
    case .deny(let text): YAMLEntry("deny", .text(text.written))
    }
  }
}

extension SessionPolicy {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("scope", .word(scope.rawValue)),
      idleSeconds.map { YAMLEntry("idle", .word(writtenDuration($0))) } ?? .note("idle", "never"),
      turns.map { YAMLEntry("turns", .number(Int64($0))) } ?? .note("turns", "never"),
      context.map { YAMLEntry("context", .number(Int64($0))) } ?? .note("context", "none"),
    ]
  }
}

extension ReplyPolicy {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("to", .word(to.rawValue)), YAMLEntry("stream", .bool(stream)),
      YAMLEntry("reactions", .bool(reactions)),
      YAMLEntry("mention_sender", .bool(mentionSender)), YAMLEntry("max_length", .number(Int64(maxLength))),
    ]
  }
}

extension LimitPolicy {
  fileprivate var written: YAMLEntry {
    let rates = [("per_user", perUser), ("per_channel", perChannel)].compactMap { key, rate in
      rate.map { YAMLEntry(key, .word($0.written)) }
    }
    return rates.isEmpty ? .note("limit", "none") : YAMLEntry("limit", .map(rates))
  }
}
