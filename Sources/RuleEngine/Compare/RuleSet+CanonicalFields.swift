import Core

extension AgentDefinition {
  var canonicalFields: CanonicalFields {
    var keys = CanonicalFields()
    switch kind {
    case .echo: keys.add("type", "echo")
    case .openai(let settings): settings.add(to: &keys, as: "openai")
    case .anthropic(let settings): settings.add(to: &keys, as: "anthropic")
    case .exec(let settings):
      keys.add("type", "exec")
      switch settings.program {
      // Its order counts, and words may stand twice.
      case .command(let words): keys.add("command", words.map(flowScalar).joined(separator: ", "))
      case .shell(let text): keys.add("shell", text)
      }
      for variable in settings.environment { keys.add("env." + variable.name, .secret(variable.value)) }
    case .acp(let settings):
      keys.add("type", "acp")
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
  fileprivate func add(to keys: inout CanonicalFields, as type: String) {
    keys.add("type", type)
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
