import Core
package import RuleEngine

extension Rule {
  /// Everything but its name and location.
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    // A default that is left out is equal to one that is stated.
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
    if reply.reactions != .progress { keys.add("reply.reactions", reply.reactions.rawValue) }
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
  /// Adds the requirements of the condition, in the order of the reference.
  func write(to fields: inout CanonicalFields, under path: String = "") {
    for (key, value) in self.fields { fields.add(path + key.rawValue, value, of: key.field) }
  }

  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    write(to: &keys)
    return keys
  }
}

extension AgentDefinition {
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    keys.add("type", kind.type)
    switch kind {
    case .echo: break
    case .chat(_, let settings): settings.add(to: &keys)
    case .exec(let settings):
      switch settings.program {
      // Their order counts, and a word may occur twice.
      case .command(let words): keys.add("command", words.map(flowScalar).joined(separator: ", "))
      case .shell(let text): keys.add("shell", text)
      }
      for variable in settings.environment { keys.add("env." + variable.name, .secret(variable.value)) }
    case .acp(let settings):
      keys.add("command", settings.command.map(flowScalar).joined(separator: ", "))
      for variable in settings.environment { keys.add("env." + variable.name, .secret(variable.value)) }
      if settings.approvers != .none { keys.add("approvers", settings.approvers) }
      keys.add("approve_within", writtenDuration(settings.approvalSeconds))
    }
    if kind != .echo { limits.add(to: &keys) }
    return keys
  }
}

extension AgentLimits {
  fileprivate func add(to keys: inout CanonicalFields) {
    keys.add("timeout", writtenDuration(timeoutSeconds))
    keys.add("first_byte", firstByteSeconds.map(writtenDuration))
    keys.add("idle", idleSeconds.map(writtenDuration))
    keys.add("concurrency", concurrency.map { "\($0)" })
    keys.add("history", "\(historyTokens)")
  }
}

extension ChatSettings {
  fileprivate func add(to keys: inout CanonicalFields) {
    keys.add("base_url", baseURL)
    keys.add("model", model)
    keys.add("api_key", apiKey.map { .secret($0) })
    keys.add("system", system)
    keys.add("temperature", temperature)
    keys.add("max_tokens", maxTokens.map { "\($0)" })
    for header in headers { keys.add("headers." + header.name, .secret(header.value)) }
    for member in body { keys.add("body." + member.key, .secret(Secret(member.value.exposed.text))) }
    keys.add("reasoning", reasoning.rawValue)
    if let price {
      keys.add("price.input", writtenMillionths(price.input))
      keys.add("price.output", writtenMillionths(price.output))
      keys.add("price.currency", price.currency)
    }
    keys.add("retries", "\(retries)")
  }
}

extension CommandBinding {
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    switch action {
    case .builtin(let builtin): keys.add("action", builtin.rawValue)
    case .prompt(let prompt, let agent):
      keys.add("prompt", prompt.written)
      keys.add("agent", agent)
    case .say(let text): keys.add("say", text.written)
    }
    if !aliases.isEmpty { keys.add("aliases", anyOf: aliases) }
    if users != .everyone { keys.add("users", users) }
    return keys
  }
}

extension Commands {
  /// Everything but the commands themselves.
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    keys.add("prefixes", anyOf: prefixes)
    keys.add("unknown", unknown.rawValue)
    return keys
  }
}

extension Access {
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    keys.add("users", users)
    keys.add("denied", denied?.written)
    keys.add("admin", admin)
    return keys
  }
}

extension IntakePolicy {
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    keys.add("max_age", writtenDuration(maxAgeSeconds))
    keys.add("poll", writtenDuration(pollSeconds))
    keys.add("bots", bots.written)
    keys.add("max_files", "\(filesMax)")
    keys.add("max_file_size", writtenSize(fileBytesMax))
    keys.add("file_types", anyOf: fileTypes.map(\.text))
    return keys
  }
}

extension TurnLimits {
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    keys.add("max", "\(max)")
    keys.add("per_user", "\(perUser)")
    return keys
  }
}

extension JournalPolicy {
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    keys.add("facts", "\(facts)")
    keys.add("text", "\(text)")
    keys.add("keep", writtenDuration(keepSeconds))
    keys.add("max_events", "\(maxEvents)")
    return keys
  }
}

extension Condition {
  /// The conditions on other fields than author, user, channel, team and trigger, as a rules file writes them:
  /// `text.contains: help`.
  package var additionalConditions: [String] {
    let others: Set<ConditionKey> = [.trigger, .mention, .channel, .team, .user, .kind, .author]
    var additional = CanonicalFields()
    for (key, value) in fields where !others.contains(key) { additional.add(key.rawValue, value, of: key.field) }
    return additional.lines
  }
}
