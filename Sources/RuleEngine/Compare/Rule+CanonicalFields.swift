extension Rule {
  /// Everything but its name and place.
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    // What holds where nothing is said is no difference from saying it.
    when.withRuleDefaults().write(to: &keys, under: "when.")
    switch action {
    case .agent(let name): keys.add("agent", name)
    case .say(let text): keys.add("say", text.written)
    case .ignore: keys.add("ignore", "true")
    case .deny(let text): keys.add("deny", text.written)
    }
    if session.scope != .channel { keys.add("session.scope", session.scope.rawValue) }
    keys.add("session.idle", session.idleSeconds.map(writtenDuration))
    keys.add("session.turns", session.turns.map(String.init))
    keys.add("session.context", session.context.map { "\($0)" })
    if reply.to != .auto { keys.add("reply.to", reply.to.rawValue) }
    if reply.stream { keys.add("reply.stream", "true") }
    if !reply.reactions { keys.add("reply.reactions", "false") }
    if reply.mentionSender { keys.add("reply.mention_sender", "true") }
    if reply.maxLength != ReplyPolicy.defaultMaxLength { keys.add("reply.max_length", String(reply.maxLength)) }
    if busy.mode != .queue { keys.add("busy.mode", busy.mode.rawValue) }
    if busy.max != BusyPolicy.defaultMax { keys.add("busy.max", String(busy.max)) }
    keys.add("limit.per_user", limit.perUser?.written)
    keys.add("limit.per_channel", limit.perChannel?.written)
    if mode != .live { keys.add("mode", mode.rawValue) }
    keys.add("prompt", prompt?.written)
    return keys
  }
}

extension Condition {
  func write(to keys: inout CanonicalFields, under path: String = "") {
    keys.add(path + "trigger", triggers)
    keys.add(path + "channel", channels)
    keys.add(path + "team", teams)
    keys.add(path + "user", users)
    keys.add(path + "kind", kinds)
    keys.add(path + "author", authors)
    keys.add(path + "mention", mention?.rawValue)
    if let commands { keys.add(path + "command", anyOf: commands) }
    for test in text {
      keys.add(
        path + "text." + test.kind.rawValue + (test.isCaseSensitive ? " (case: sensitive)" : ""), anyOf: test.patterns)
    }
    keys.add(path + "files", hasFiles.map { "\($0)" })
    keys.add(path + "remote", isRemote.map { "\($0)" })
    keys.add(path + "thread", thread?.rawValue)
    keys.add(path + "edited", isEdit.map { "\($0)" })
    if let time {
      if let days = time.days {
        keys.add(path + "time.days", .list(days.sorted { $0.rawValue < $1.rawValue }.map { "\($0)" }))
      }
      keys.add(path + "time.hours", time.hours == nil ? nil : .list(time.hourWords))
      keys.add(path + "time.zone", time.zone.name)
    }
    keys.add(path + "not", maps: not.map(\.canonicalFields))
    keys.add(path + "any", maps: any.map(\.canonicalFields))
  }

  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    write(to: &keys)
    return keys
  }
}

/// A stretch of seconds as a rules file has it, in the largest unit that it is a multiple of: `8h`.
package func writtenDuration(_ seconds: Int) -> String {
  let units = [("d", 86_400), ("h", 3_600), ("m", 60)]
  let unit = units.first { seconds.isMultiple(of: $0.1) } ?? ("s", 1)
  return "\(seconds / unit.1)\(unit.0)"
}

/// Bytes as a rules file has them, in the largest unit that they are a multiple of: `20MB`.
package func writtenSize(_ bytes: Int) -> String {
  let units = [("GB", 1 << 30), ("MB", 1 << 20)]
  let unit = units.first { bytes.isMultiple(of: $0.1) } ?? ("KB", 1 << 10)
  return "\(bytes / unit.1)\(unit.0)"
}

extension Rate {
  /// As a rules file has it: `20/min`.
  package var written: String {
    switch seconds {
    case 1: "\(count)/s"
    case 60: "\(count)/min"
    case 3_600: "\(count)/hour"
    case 86_400: "\(count)/day"
    default: "\(count) in \(seconds)s"
    }
  }
}
