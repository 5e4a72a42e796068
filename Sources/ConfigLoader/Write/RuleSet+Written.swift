import Core
package import RuleEngine

extension RuleSet {
  /// The rule set as YAML: groups and variables expanded, defaults written out, secrets as their variables. Loading it
  /// gives the same rules, except for their locations.
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

  /// Passes `yaml` on in parts: with all defaults, it is many times larger than the file.
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

  /// Passes `json` on in parts.
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

  /// A section of a file. The items of a long one are created one at a time.
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
      denied.map { YAMLEntry("denied", .text($0.written)) } ?? .note("denied", "no reply"),
      admin.map { YAMLEntry("admin", .text($0)) } ?? .note("admin", "none"),
    ]
  }
}

extension Commands {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("prefixes", .list(prefixes.map { .text($0) })), YAMLEntry("unknown", .word(unknown.rawValue)),
      YAMLEntry("bind", .map(bindings.map { YAMLEntry($0.name, .map($0.written)) } + removed)),
    ]
  }

  /// The built-in commands that are removed.
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
  /// The names, after `*` if that is among them.
  var written: YAMLValue { .texts(words) }
}
