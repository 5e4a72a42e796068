import RuleEngine

extension RulesReader {
  /// Adds the names in the text of one scalar to `names`.
  fileprivate mutating func collect(
    _ text: String, _ node: ConfigNode, _ key: String, _ role: NameRole, groupsAllowed: Bool, into names: inout Named
  ) {
    // Most scalars are one name or id.
    if !text.hasPrefix("group:"), let name = text[...].name(role) {
      if groupsAllowed, let members = groups[text], members[role] != nil {
        usedGroups.insert(text)
        diagnostics.add(.groupAsName(text, role, at: node.span))
      }
      namePositions?.record(name, role, at: node.span)
      names.names.append(name)
      return
    }
    // Only users are listed in one text: MATTERMOST_ALLOWED_USERS="alice, bob". A channel's name with a space is its
    // display name, which is another mistake.
    let parts = role == .user ? text.split { $0 == "," || $0.isWhitespace } : [text[...]]
    if parts.isEmpty { diagnostics.add(.empty(key, expected: .name(role), at: node.span)) }
    let errors = diagnostics.errors
    for part in parts where diagnostics.errors - errors < Limits.diagnosticsPerScalarMax {
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
          diagnostics.add(.groupInGroup(group, at: span(self)))
        }
      } else if let name = part.name(role) {
        if namePositions != nil {
          let position = span(self)
          namePositions?.record(name, role, at: position)
        }
        names.names.append(name)
      } else {
        diagnostics.add(.badName(String(part), role, at: span(self)))
      }
    }
  }

  /// Records variables of a group, and reports one that opens `access`.
  private mutating func record(_ variables: PeopleVariables, of group: String, at span: (RulesReader) -> SourceSpan) {
    peopleVariables.record(variables)
    if let accessKey, let empty = variables.empty {
      diagnostics.add(.emptyVariable(empty, in: accessKey, at: span(self), group: groupSpans[group]))
    }
  }

  private mutating func members(of group: String, _ role: NameRole, at span: (RulesReader) -> SourceSpan) -> NameSet {
    guard let known = groups[group] else {
      if groupsAreUnread { return NameSet([]) }
      let nearest = nearest(to: group, among: groups.keys)
      diagnostics.add(.undefinedGroup(group, nearest: nearest, at: span(self)))
      return NameSet([])
    }
    usedGroups.insert(group)
    if let variables = groupVariables[group] { record(variables, of: group, at: span) }
    guard let members = known[role] else {
      diagnostics.add(.groupLacks(role, group, at: span(self), group: groupSpans[group]))
      return NameSet([])
    }
    guard groupNames <= Limits.groupNamesMax else { return NameSet([]) }
    groupNames += members.names.count
    if groupNames > Limits.groupNamesMax { diagnostics.add(.tooManyGroupNames(at: span(self))) }
    return members
  }
}

extension Values {
  /// Names, ids and groups, expanded to one set.
  static func names(_ role: NameRole) -> ValueReader<NameSet> { names(role, groupsAllowed: true) }

  /// Names and ids, as in a group: groups do not nest.
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
        if items.isEmpty { reader.diagnostics.add(.empty(key, expected: type, at: node.span)) }
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
        reader.diagnostics.add(.badName(text, role, at: node.span))
        return nil
      }
      return name
    }
  }
}

/// The names that were read so far.
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
  /// The name as the server writes it, without a sign and in lower case; `nil` if it is not a name.
  package func name(_ role: NameRole) -> String? {
    let sign = role == .user ? UInt8(ascii: "@") : UInt8(ascii: "~")
    // Validated before it is lowercased, which turns the Kelvin sign into a `k`.
    let name = utf8.first == sign ? Substring(utf8.dropFirst()) : self
    guard let isLowercase = name.utf8.span.withUnsafeBufferPointer(\.isLowercaseName) else { return nil }
    // A name in lower case shares its memory with its other occurrences in the file.
    return isLowercase ? String(name) : name.lowercased()
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Indicates whether these bytes are a name without upper-case letters; `nil` if they are not a name.
  fileprivate var isLowercaseName: Bool? {
    if isEmpty { return nil }
    var isLowercase = true
    for byte in self {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"):
        break
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): isLowercase = false
      default: return nil
      }
    }
    return isLowercase
  }
}

/// A group's names, by their kind.
struct GroupNames: Sendable, Equatable {
  var users: NameSet?
  var channels: NameSet?
  var teams: NameSet?

  subscript(role: NameRole) -> NameSet? {
    switch role {
    case .user: users
    case .channel: channels
    case .team: teams
    case .agent, .command, .rule: nil
    }
  }
}

extension Values {
  /// Reads the groups, and stores them for the lists that refer to them.
  static let groups: ValueReader<Void> = ValueReader(type: .named(.section("group"), .plain)) { node, key, reader in
    if case .mapping = node.value {} else { reader.groupsAreUnread = true }
    for entry in reader.entries(node, key, as: .named(.section("group"), .plain)) {
      guard let name = reader.declaredName(entry) else { continue }
      reader.groupSpans[name] = entry.keySpan
      reader.peopleVariables = PeopleVariables()
      // A group with errors is not an undefined group.
      reader.groups[name] = reader.read(group, entry.value, name) ?? GroupNames(users: NameSet([]))
      reader.groupVariables[name] = reader.peopleVariables
    }
  }

  private static let group: ValueReader<GroupNames> = ValueReader(type: .section("group")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Group.section, key) else { return nil }
    return GroupNames(
      users: reader.value(Schema.Group.users, in: fields), channels: reader.value(Schema.Group.channels, in: fields),
      teams: reader.value(Schema.Group.teams, in: fields))
  }
}

extension RulesReader {
  /// The entries of a map from names to values.
  mutating func entries(_ node: ConfigNode, _ key: String, as type: SchemaType) -> [ConfigEntry] {
    if case .mapping(let entries) = node.value { return entries }
    diagnostics.add(.wrongType(key, expected: type, found: node))
    return []
  }

  /// Reads the name of the declaration of a group or an agent: letters, digits, `.`, `-` and `_`.
  mutating func declaredName(_ entry: ConfigEntry) -> String? {
    if entry.key.isEmpty || !entry.key.unicodeScalars.allSatisfy(\.isOfAName) {
      diagnostics.add(.badDeclaredName(entry.key, at: entry.keySpan))
      return nil
    }
    return entry.key
  }
}

extension Unicode.Scalar {
  /// Indicates whether the name of a group or an agent may contain it.
  var isOfAName: Bool {
    properties.isAlphabetic || properties.numericType != nil || "._-".unicodeScalars.contains(self)
  }
}
