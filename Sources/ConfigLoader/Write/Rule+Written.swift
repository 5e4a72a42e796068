import Core
package import RuleEngine

extension Rule {
  /// The rule as YAML, with its defaults.
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
      YAMLEntry("reactions", reactions == .all ? .word(reactions.rawValue) : .bool(reactions == .progress)),
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

extension Condition {
  /// The keys of `when`, in the order of the reference.
  var written: [YAMLEntry] {
    fields.flatMap { key, value -> [YAMLEntry] in
      let entry = YAMLEntry(key.rawValue, yaml(value, of: key.field))
      let isOfMentions = key == .trigger && triggers?.contains(.mention) == true && mention == nil
      return isOfMentions ? [entry, .note("mention", MentionReach.direct.rawValue)] : [entry]
    }
  }

  private func yaml(_ value: FieldValue, of field: Field) -> YAMLValue {
    let words = value.words(of: field)
    switch value {
    case .facts:
      guard let domain = field.domain, !domain.isMultiple else { return .words(words) }
      return domain.isFlag ? .bool(words == ["true"]) : .word(words.first ?? "")
    case .triggers: return .words(words)
    case .reach(let reach): return .word(reach.rawValue)
    case .names, .commands: return .texts(words)
    case .text(let tests): return .map(written(tests))
    case .time(let window): return .map(window.written)
    case .conditions(let conditions):
      return field.key == .not ? .map(denied.written) : .list(conditions.map { .map($0.written) })
    }
  }

  /// All tests of one condition have the same letter case.
  private func written(_ tests: [TextTest]) -> [YAMLEntry] {
    tests.map { YAMLEntry($0.kind.rawValue, .texts($0.patterns)) }
      + [YAMLEntry("case", .word(tests.contains(where: \.isCaseSensitive) ? "sensitive" : "insensitive"))]
  }

  /// The value of `not`, as one condition: the loader makes a condition of each of its keys. If they are of another
  /// kind, `not` gets an `any` of them, which means the same.
  private var denied: Condition {
    var denied = Condition()
    let keys = not.flatMap(\.keys)
    // `mention` selects the mentions that `trigger` means, so they stay together.
    guard not.allSatisfy({ $0.keys.count == 1 || $0.keys == [.trigger, .mention] }), Set(keys).count == keys.count
    else {
      denied.any = not
      return denied
    }
    for (key, value) in not.flatMap(\.fields) where denied[key] == nil { denied[key] = value }
    return denied
  }
}

extension TimeWindow {
  fileprivate var written: [YAMLEntry] {
    [
      days == nil ? .note("days", "every day") : YAMLEntry("days", .words(dayWords)),
      hours == nil ? .note("hours", "the whole day") : YAMLEntry("hours", .texts(hourWords)),
      YAMLEntry("zone", .text(zone.name)),
    ]
  }
}

extension RuleTest {
  /// The test with the defaults of its `given`.
  var entries: [YAMLEntry] {
    [
      YAMLEntry("name", .text(name)), YAMLEntry("given", .map(given.written)),
      YAMLEntry("expect", .map(expect.written)),
    ]
  }
}

extension Event {
  /// The event under the keys of `given`.
  fileprivate var written: [YAMLEntry] {
    Field.given.map(entry) + [YAMLEntry("at", .number(milliseconds))]
  }

  private func entry(_ field: Field) -> YAMLEntry {
    let key = field.key.rawValue
    switch field.key {
    case .user: return YAMLEntry(key, .text(user.name))
    case .channel: return YAMLEntry(key, .text(channel.name))
    case .team: return team.map { YAMLEntry(key, .text($0.rawValue)) } ?? .note(key, "none")
    case .text: return YAMLEntry(key, .text(text))
    default:
      let word = field.domain?.value(of: self).word ?? ""
      return YAMLEntry(key, field.domain?.isFlag == true ? .bool(word == "true") : .word(word))
    }
  }
}

extension Expectation {
  fileprivate var written: [YAMLEntry] {
    var entries: [YAMLEntry] = []
    func add(_ key: String, _ value: YAMLValue?) { if let value { entries.append(YAMLEntry(key, value)) } }
    switch rule {
    case .named(let name): add("rule", .text(name))
    case Expectation.ExpectedRule.none?: add("rule", .word("none"))
    case nil: break
    }
    add("agent", agent.map { .text($0) })
    add("command", command.map { .text($0) })
    add("session", session.map { .word($0.rawValue) })
    add("say", say.map { .text($0) })
    add("deny", deny.map { .text($0) })
    add("ignore", ignore.map { .bool($0) })
    return entries
  }
}
