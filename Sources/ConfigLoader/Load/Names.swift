import RuleEngine

extension RulesReader {
  /// Adds what the text of one scalar names to `names`.
  fileprivate mutating func collect(
    _ text: String, _ node: ConfigNode, _ key: String, _ role: NameRole, groupsAllowed: Bool, into names: inout Named
  ) {
    // Most are one name or id.
    if !text.hasPrefix("group:"), let name = text[...].name(role) {
      if groupsAllowed, let members = groups[text], members[role] != nil {
        usedGroups.insert(text)
        findings.add(.groupAsName(text, role, at: node.span))
      }
      namePositions?.note(name, role, at: node.span)
      names.names.append(name)
      return
    }
    // Only people are listed in one text: MATTERMOST_ALLOWED_USERS="alice, bob". A channel's name with a space in it is
    // its display name, which is another mistake.
    let parts = role == .user ? text.split { $0 == "," || $0.isWhitespace } : [text[...]]
    if parts.isEmpty { findings.add(.empty(key, expected: .name(role), at: node.span)) }
    let errors = findings.errors
    for part in parts where findings.errors - errors < Limits.findingsPerScalarMax {
      let span = { (reader: RulesReader) in
        reader.span(of: part.startIndex..<part.endIndex, of: text, in: node)
      }
      if part == "*" {
        names.isEveryone = true
      } else if part.hasPrefix("group:") {
        let group = String(part.dropFirst("group:".count))
        if groupsAllowed {
          names.add(members(of: group, role, at: span))
        } else {
          findings.add(.groupInGroup(group, at: span(self)))
        }
      } else if let name = part.name(role) {
        if namePositions != nil {
          let place = span(self)
          namePositions?.note(name, role, at: place)
        }
        names.names.append(name)
      } else {
        findings.add(.badName(String(part), role, at: span(self)))
      }
    }
  }

  /// What opens `access` must not be hidden in a group.
  private mutating func note(_ variables: PeopleVariables, of group: String, at span: (RulesReader) -> SourceSpan) {
    peopleVariables.note(variables)
    if let accessKey, let empty = variables.empty {
      findings.add(.emptyVariable(empty, in: accessKey, at: span(self), group: groupSpans[group]))
    }
  }

  private mutating func members(of group: String, _ role: NameRole, at span: (RulesReader) -> SourceSpan) -> NameSet {
    guard let known = groups[group] else {
      if groupsAreUnread { return NameSet([]) }
      let nearest = nearest(to: group, among: groups.keys)
      findings.add(.undefinedGroup(group, nearest: nearest, at: span(self)))
      return NameSet([])
    }
    usedGroups.insert(group)
    if let variables = groupVariables[group] { note(variables, of: group, at: span) }
    guard let members = known[role] else {
      findings.add(.groupLacks(role, group, at: span(self), group: groupSpans[group]))
      return NameSet([])
    }
    guard groupNames <= Limits.groupNamesMax else { return NameSet([]) }
    groupNames += members.names.count
    if groupNames > Limits.groupNamesMax { findings.add(.tooManyGroupNames(at: span(self))) }
    return members
  }
}

extension Values {
  /// Names, ids and groups, written out into one set.
  static func names(_ role: NameRole) -> ValueReader<NameSet> { names(role, groupsAllowed: true) }

  /// Names and ids, as a group holds them: groups do not nest.
  static func plainNames(_ role: NameRole) -> ValueReader<NameSet> { names(role, groupsAllowed: false) }

  private static func names(_ role: NameRole, groupsAllowed: Bool) -> ValueReader<NameSet> {
    let type = SchemaType.oneOrMany(.names(role, groups: groupsAllowed))
    let text = text(as: .name(role))
    return ValueReader(type: type) { node, key, reader in
      var names = Named()
      func collect(_ node: ConfigNode, _ reader: inout RulesReader) {
        guard let text = reader.read(text, node, key) else { return }
        reader.collect(text, node, key, role, groupsAllowed: groupsAllowed, into: &names)
      }
      if case .sequence(let items) = node.value {
        if items.isEmpty { reader.findings.add(.empty(key, expected: type, at: node.span)) }
        names.names.reserveCapacity(items.count)
        for item in items { collect(item, &reader) }
      } else {
        collect(node, &reader)
      }
      return names.set
    }
  }

  static let userName = oneName(.user)
  static let channelName = oneName(.channel)
  static let teamName = oneName(.team)

  private static func oneName(_ role: NameRole) -> ValueReader<String> {
    let text = text(as: .name(role))
    return ValueReader(type: text.type) { node, key, reader in
      guard let text = reader.read(text, node, key) else { return nil }
      guard let name = text[...].name(role) else {
        reader.findings.add(.badName(text, role, at: node.span))
        return nil
      }
      return name
    }
  }
}

/// The names that a value has named so far.
private struct Named {
  var names: [String] = []
  var isEveryone = false

  mutating func add(_ group: NameSet) {
    if names.isEmpty { names = group.names } else { names += group.names }
    isEveryone = isEveryone || group.isEveryone
  }

  var set: NameSet { NameSet(names, isEveryone: isEveryone) }
}

extension Substring {
  /// The name as the server knows it, without a sign and in lower case; nil where it can be none.
  func name(_ role: NameRole) -> String? {
    let sign: Character = role == .user ? "@" : "~"
    // Looked at before it is put in lower case, which makes a `k` of the sign for kelvin.
    let name = String(first == sign ? dropFirst() : self)
    return name.utf8.inOnePiece { bytes in
      guard bytes.isName else { return nil }
      // One that is in lower case already shares its memory with the file's other mentions of it.
      return bytes.contains { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 } ? name.lowercased() : name
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether these are the bytes of a name as somebody may write it.
  fileprivate var isName: Bool {
    !isEmpty
      && allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: false
        }
      }
  }
}
