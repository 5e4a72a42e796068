import Core
package import RuleEngine

extension RuleSet {
  /// The rule set as a rules file: groups and variables put in, every default written out, secrets left as the variables
  /// that hold them. Loading it gives these rules again, but for their places.
  package var yaml: String {
    var text = ""
    writeYAML { text += $0 }
    return text
  }

  /// The same as JSON.
  package var json: String {
    var text = ""
    writeJSON { text += $0 }
    return text
  }

  /// Hands over the text of `yaml` part by part: with every default written out, it is many times the file's.
  package func writeYAML(to output: (String) -> Void) {
    var writer = YAMLWriter(isFile: true)
    for section in sections {
      switch section {
      case .entry(let entry): writer.write(entry)
      case .list(let key, 0, _): writer.write(YAMLEntry(key, .list([])))
      case .list(let key, let count, let item):
        writer.openList(key)
        for index in 0..<count {
          writer.write(item: item(index), isFirst: index == 0)
          output(writer.take())
        }
      }
    }
    output(writer.take())
  }

  /// Hands over the text of `json` part by part.
  package func writeJSON(to output: (String) -> Void) {
    output("{")
    for (index, section) in sections.enumerated() {
      output(index == 0 ? "\n  " : ",\n  ")
      switch section {
      case .entry(let entry):
        output("\"\(entry.key)\": " + (entry.isNote ? JSON.null : entry.value.json).lines(indentedBy: 2))
      case .list(let key, 0, _): output("\"\(key)\": []")
      case .list(let key, let count, let item):
        output("\"\(key)\": [")
        for index in 0..<count {
          output((index == 0 ? "\n    " : ",\n    ") + item(index).json.lines(indentedBy: 4))
        }
        output("\n  ]")
      }
    }
    output("\n}\n")
  }

  /// A section of a file. Of a long one, the items are made one at a time.
  private enum Section {
    case entry(YAMLEntry)
    case list(String, count: Int, (Int) -> YAMLValue)
  }

  private var sections: [Section] {
    var sections: [Section] = [
      .entry(YAMLEntry("version", .number(1))),
      .entry(bot.map { YAMLEntry("bot", .text($0)) } ?? .note("bot", GivenEvent.botName)),
      .entry(YAMLEntry("access", .map(access.written))),
      .entry(YAMLEntry("agents", .map(agents.map { YAMLEntry($0.name, .map($0.written)) }))),
      .entry(YAMLEntry("commands", .map(commands.written))),
      .list("rules", count: rules.count) { .map(rules[$0].withDefaults.written) },
      .entry(YAMLEntry("intake", .map(intake.written))), .entry(YAMLEntry("turns", .map(turns.written))),
      .entry(YAMLEntry("journal", .map(journal.written))),
    ]
    if !tests.isEmpty { sections.append(.list("tests", count: tests.count) { .map(tests[$0].entries) }) }
    return sections
  }
}

extension Access {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("users", users.written),
      denied.map { YAMLEntry("denied", .text($0.written)) } ?? .note("denied", "the others hear nothing"),
      admin.map { YAMLEntry("admin", .text($0)) } ?? .note("admin", "none"),
    ]
  }
}

extension AgentDefinition {
  fileprivate var written: [YAMLEntry] {
    switch kind {
    case .echo: return [YAMLEntry("type", .word("echo"))]
    case .openai(let settings): return [YAMLEntry("type", .word("openai"))] + settings.written + limits.written
    case .anthropic(let settings): return [YAMLEntry("type", .word("anthropic"))] + settings.written + limits.written
    case .exec(let settings): return [YAMLEntry("type", .word("exec"))] + settings.written + limits.written
    case .acp(let settings): return [YAMLEntry("type", .word("acp"))] + settings.written + limits.written
    }
  }
}

extension AgentLimits {
  fileprivate var written: [YAMLEntry] {
    func silence(_ key: String, _ seconds: Int?) -> YAMLEntry {
      seconds.map { YAMLEntry(key, .word(writtenDuration($0))) } ?? .note(key, "no limit")
    }
    return [
      YAMLEntry("timeout", .word(writtenDuration(timeoutSeconds))), silence("first_byte", firstByteSeconds),
      silence("idle", idleSeconds),
      concurrency.map { YAMLEntry("concurrency", .number(Int64($0))) } ?? .note("concurrency", "no limit"),
      YAMLEntry("history", .number(Int64(historyTokens))),
    ]
  }
}

extension ExecSettings {
  fileprivate var written: [YAMLEntry] {
    let program =
      switch program {
      case .command(let words): YAMLEntry("command", .list(words.map { .text($0) }))
      case .shell(let text): YAMLEntry("shell", .text(text))
      }
    return [
      program, .references("env", environment),
    ] + ProjectFolder.written(folder)
  }
}

extension ACPSettings {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("command", .list(command.map { .text($0) })), .references("env", environment),
    ] + ProjectFolder.written(folder) + [
      mcpServers.isEmpty
        ? .note("mcp_servers", "none") : YAMLEntry("mcp_servers", .list(mcpServers.map { .map($0.written) })),
      approvers == .none ? .note("approvers", "nobody else") : YAMLEntry("approvers", approvers.written),
      YAMLEntry("approve_within", .word(writtenDuration(approvalSeconds))),
    ]
  }
}

extension ProjectFolder {
  fileprivate static func written(_ folder: ProjectFolder?) -> [YAMLEntry] {
    guard let folder else { return [.note("folder", "the conversation's own folder")] }
    return [YAMLEntry("folder", .text(folder.written)), YAMLEntry("worktree", .bool(folder.isWorktree))]
  }
}

extension MCPServer {
  fileprivate var written: [YAMLEntry] {
    let name = YAMLEntry("name", .text(name))
    switch connection {
    case .program(let words, let environment):
      let variables: [YAMLEntry] = environment.isEmpty ? [] : [.references("env", environment)]
      return [name, YAMLEntry("command", .list(words.map { .text($0) }))] + variables
    case .address(let url, let transport, let headers):
      let references: [YAMLEntry] = headers.isEmpty ? [] : [.references("headers", headers)]
      return [name, YAMLEntry("url", .text(url)), YAMLEntry("transport", .word(transport.rawValue))] + references
    }
  }
}

extension YAMLEntry {
  /// Values by their names, as the variables that hold them.
  fileprivate static func references(_ key: String, _ values: [NamedValue]) -> YAMLEntry {
    values.isEmpty
      ? .note(key, "none") : YAMLEntry(key, .map(values.map { YAMLEntry($0.name, .reference($0.written)) }))
  }
}

extension ChatSettings {
  fileprivate var written: [YAMLEntry] {
    let key = apiKeyReference ?? apiKey.map { "\($0)" }
    return [
      YAMLEntry("base_url", .text(baseURL)), YAMLEntry("model", .text(model)),
      key.map { YAMLEntry("api_key", .word($0)) } ?? .note("api_key", "none is sent"),
      system.map { YAMLEntry("system", .text($0)) } ?? .note("system", "nothing"),
      temperature.map { YAMLEntry("temperature", .decimal($0)) } ?? .note("temperature", "the endpoint's own"),
      maxTokens.map { YAMLEntry("max_tokens", .number(Int64($0))) } ?? .note("max_tokens", "the endpoint's own"),
      .references("headers", headers),
      body.isEmpty ? .note("body", "none") : YAMLEntry("body", BodyValue.map(body).written),
      YAMLEntry("reasoning", .word(reasoning.rawValue)),
      price.map { YAMLEntry("price", .map($0.written)) } ?? .note("price", "not known"),
      YAMLEntry("retries", .number(Int64(retries))),
    ]
  }
}

extension Price {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("input", .decimal(writtenMillionths(input))), YAMLEntry("output", .decimal(writtenMillionths(output))),
      YAMLEntry("currency", .text(currency)),
    ]
  }
}

extension BodyValue {
  fileprivate var written: YAMLValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): .decimal(text)
    case .text(_, let written): .reference(written)
    case .list(let values): .list(values.map(\.written))
    case .map(let members): .map(members.map { YAMLEntry($0.key, $0.value.written) })
    }
  }
}

extension Commands {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("prefixes", .list(prefixes.map { .text($0) })), YAMLEntry("unknown", .word(unknown.rawValue)),
      YAMLEntry("bind", .map(bindings.map { YAMLEntry($0.name, .map($0.written)) } + removed)),
    ]
  }

  /// The built-in commands that are not there.
  private var removed: [YAMLEntry] {
    let names = Set(bindings.flatMap { [$0.name] + $0.aliases })
    return BuiltinCommand.allCases.map(\.rawValue).filter { !names.contains($0) }.map { YAMLEntry($0, .bool(false)) }
  }
}

extension CommandBinding {
  fileprivate var written: [YAMLEntry] {
    var entries: [YAMLEntry]
    switch action {
    case .builtin(let builtin): entries = [YAMLEntry("action", .word(builtin.rawValue))]
    case .say(let text): entries = [YAMLEntry("say", .text(text.written))]
    case .prompt(let prompt, let agent):
      entries = [
        YAMLEntry("prompt", .text(prompt.written)),
        agent.map { YAMLEntry("agent", .text($0)) } ?? .note("agent", "the rule's agent"),
      ]
    }
    entries.append(aliases.isEmpty ? .note("aliases", "none") : YAMLEntry("aliases", .list(aliases.map { .text($0) })))
    entries.append(YAMLEntry("users", users.written))
    return entries
  }
}

extension IntakePolicy {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("max_age", .word(writtenDuration(maxAgeSeconds))),
      YAMLEntry("poll", .word(writtenDuration(pollSeconds))), YAMLEntry("bots", .word(bots.written)),
      YAMLEntry("max_files", .number(Int64(filesMax))),
      YAMLEntry("max_file_size", .word(writtenSize(fileBytesMax))),
      YAMLEntry("file_types", .list(fileTypes.map { .text($0.text) })),
    ]
  }
}

extension TurnLimits {
  fileprivate var written: [YAMLEntry] {
    [YAMLEntry("max", .number(Int64(max))), YAMLEntry("per_user", .number(Int64(perUser)))]
  }
}

extension JournalPolicy {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("facts", .bool(facts)), YAMLEntry("text", .bool(text)),
      YAMLEntry("keep", .word(writtenDuration(keepSeconds))), YAMLEntry("max_events", .number(Int64(maxEvents))),
    ]
  }
}

extension NameSet {
  /// The names, behind `*` where it is among them.
  var written: YAMLValue { .texts(words) }
}
