import RuleEngine

extension Condition {
  /// The keys of `when`, in the order of the reference.
  var written: [YAMLEntry] {
    var entries: [YAMLEntry] = []
    func add(_ key: ConditionKey, _ value: YAMLValue) { entries.append(YAMLEntry(key.rawValue, value)) }
    if triggers != nil {
      add(.trigger, .words(words(for: .trigger)))
      if triggers?.contains(.mention) == true, mention == nil { entries.append(.note("mention", "direct")) }
    }
    if let mention { add(.mention, .word(mention.rawValue)) }
    for key in [ConditionKey.channel, .team, .user] where keys.contains(key) { add(key, .texts(words(for: key))) }
    for key in [ConditionKey.kind, .author] where keys.contains(key) { add(key, .words(words(for: key))) }
    if commands != nil { add(.command, .texts(words(for: .command))) }
    if !text.isEmpty { add(.text, .map(writtenText)) }
    if let hasFiles { add(.files, .bool(hasFiles)) }
    if let isRemote { add(.remote, .bool(isRemote)) }
    if let thread { add(.thread, .word(thread.rawValue)) }
    if let isEdit { add(.edited, .bool(isEdit)) }
    if let time { add(.time, .map(time.written)) }
    if !not.isEmpty { add(.not, .map(denied.written)) }
    if !any.isEmpty { add(.any, .list(any.map { .map($0.written) })) }
    return entries
  }

  /// The tests of a file are all of one case.
  private var writtenText: [YAMLEntry] {
    text.map { YAMLEntry($0.kind.rawValue, .texts($0.patterns)) }
      + [YAMLEntry("case", .word(text.contains(where: \.isCaseSensitive) ? "sensitive" : "insensitive"))]
  }

  /// What stands under `not`, as one condition: the loader has made one of each of its keys. Where they are not of that
  /// kind, at least one of them under `any`, which means the same.
  private var denied: Condition {
    var denied = Condition()
    let keys = not.flatMap(\.keys)
    // `mention` says which mentions `trigger` means, so they stay together.
    guard not.allSatisfy({ $0.keys.count == 1 || $0.keys == [.trigger, .mention] }), Set(keys).count == keys.count
    else {
      denied.any = not
      return denied
    }
    for part in not {
      denied.triggers = denied.triggers ?? part.triggers
      denied.mention = denied.mention ?? part.mention
      denied.channels = denied.channels ?? part.channels
      denied.teams = denied.teams ?? part.teams
      denied.users = denied.users ?? part.users
      denied.kinds = denied.kinds ?? part.kinds
      denied.authors = denied.authors ?? part.authors
      denied.commands = denied.commands ?? part.commands
      denied.text += part.text
      denied.hasFiles = denied.hasFiles ?? part.hasFiles
      denied.isRemote = denied.isRemote ?? part.isRemote
      denied.thread = denied.thread ?? part.thread
      denied.isEdit = denied.isEdit ?? part.isEdit
      denied.time = denied.time ?? part.time
      denied.not += part.not
      denied.any += part.any
    }
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
