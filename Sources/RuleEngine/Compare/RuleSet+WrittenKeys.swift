import Vocabulary

extension AgentDefinition {
  var writtenKeys: WrittenKeys {
    var keys = WrittenKeys()
    switch kind {
    case .echo: keys.add("type", "echo")
    case .openai(let settings):
      keys.add("type", "openai")
      keys.add("base_url", settings.baseURL)
      keys.add("model", settings.model)
      keys.add("api_key", settings.apiKey.map { .secret($0) })
      keys.add("system", settings.system)
    }
    return keys
  }
}

extension CommandBinding {
  var writtenKeys: WrittenKeys {
    var keys = WrittenKeys()
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
  var writtenKeys: WrittenKeys {
    var keys = WrittenKeys()
    keys.add("prefixes", anyOf: prefixes)
    keys.add("unknown", unknown.rawValue)
    return keys
  }
}

extension Access {
  var writtenKeys: WrittenKeys {
    var keys = WrittenKeys()
    keys.add("users", users)
    keys.add("denied", denied?.written)
    keys.add("admin", admin)
    return keys
  }
}

extension IntakePolicy {
  var writtenKeys: WrittenKeys {
    var keys = WrittenKeys()
    keys.add("max_age", writtenDuration(maxAgeSeconds))
    keys.add("poll", writtenDuration(pollSeconds))
    keys.add("bots", bots.written)
    keys.add("max_files", "\(filesMax)")
    keys.add("max_file_size", writtenSize(fileBytesMax))
    keys.add("file_types", anyOf: fileTypes.map(\.text))
    return keys
  }
}

extension JournalPolicy {
  var writtenKeys: WrittenKeys {
    var keys = WrittenKeys()
    keys.add("facts", "\(facts)")
    keys.add("text", "\(text)")
    keys.add("keep", writtenDuration(keepSeconds))
    keys.add("max_events", "\(maxEvents)")
    return keys
  }
}
