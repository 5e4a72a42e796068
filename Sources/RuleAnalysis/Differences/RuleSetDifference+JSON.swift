extension RuleSetDifference: Encodable {
  private enum CodingKeys: String, CodingKey {
    case summary, rules, agents, commands, access, intake, turns, journal
    case slashText = "slash_text"
  }

  package func encode(to encoder: any Encoder) throws {
    var map = encoder.container(keyedBy: CodingKeys.self)
    try map.encode(summary, forKey: .summary)
    try map.encode(rules, forKey: .rules)
    try map.encode(agents, forKey: .agents)
    try map.encode(commands, forKey: .commands)
    try map.encode(access, forKey: .access)
    try map.encode(slashText, forKey: .slashText)
    try map.encode(intake, forKey: .intake)
    try map.encode(turns, forKey: .turns)
    try map.encode(journal, forKey: .journal)
  }
}

extension ItemDifference: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, change, was, first, behind, keys
  }

  /// Writes `change` as `added`, `removed` or `kept`, with its details.
  package func encode(to encoder: any Encoder) throws {
    var map = encoder.container(keyedBy: CodingKeys.self)
    try map.encode(name, forKey: .name)
    var position: Position?
    switch change {
    case .added(let at):
      try map.encode("added", forKey: .change)
      position = at
    case .removed: try map.encode("removed", forKey: .change)
    case .kept(let formerName, let movedTo, let keys):
      try map.encode("kept", forKey: .change)
      try map.encodeIfPresent(formerName, forKey: .was)
      try map.encode(keys, forKey: .keys)
      position = movedTo
    }
    switch position {
    case .first: try map.encode(true, forKey: .first)
    case .behind(let name): try map.encode(name, forKey: .behind)
    case nil: break
    }
  }
}

extension CanonicalValue: Encodable {
  /// Writes a text or a list; a secret as `<redacted>`.
  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .text(let text): try value.encode(text)
    case .list(let texts), .maps(let texts): try value.encode(texts)
    case .secret: try value.encode(oneLine)
    }
  }
}
