/// The type of a value, as data: the JSON Schema and the reference are made from it.
indirect enum SchemaType: Sendable, Equatable {
  case text
  /// A text that may be empty, or `true`.
  case message
  case template
  case boolean
  /// Only `true`.
  case isTrue
  case integer(ClosedRange<Int>)
  /// A decimal number.
  case decimal(ClosedRange<Int>)
  case choice([String])
  /// The name of something that is declared elsewhere in the file, or on the server.
  case name(NameRole)
  /// Names and `*`, with groups or without; users may share one text.
  case names(NameRole, groups: Bool)
  case duration
  case rate
  case size
  /// A media type, or a range of them.
  case mediaRange
  case days
  case hours
  case zone
  case moment
  case address
  /// The path of a folder, with placeholders.
  case folder
  /// `${VARIABLE}` and nothing else.
  case secret
  /// A map with keys of a request's body, of any values.
  case body
  case currency
  case prefix
  case expression
  /// A map with the keys of the section of this name.
  case section(String)
  /// One, or a list of any of them.
  case oneOrMany(SchemaType)
  case list(SchemaType)
  /// A map from names to values.
  case named(SchemaType, DeclaredName)
  case either([SchemaType])

  /// A value of this type in the words of a message: `true or false`.
  var phrase: String {
    switch self {
    case .text, .message, .template, .expression: "a text"
    case .boolean: "true or false"
    case .isTrue: "true"
    case .integer: "a whole number"
    case .decimal: "a number, like 0.7"
    case .choice(let names): names.count > 1 ? "one of \(listed(names, "or"))" : listed(names)
    case .name(let role), .names(let role, _): role.phrase
    case .duration: "a duration, like 30m"
    case .rate: "a rate, like 20/min"
    case .size: "a size, like 20MB"
    case .mediaRange: "a media type, like image/png or image/*"
    case .days: "days, like mon-fri"
    case .hours: "hours, like 08:00-18:00"
    case .zone: "a time zone, like Europe/Berlin"
    case .moment: "a date and time, like 2025-06-01T09:30:00Z"
    case .address: "an address, like https://example.com/v1"
    case .folder: "the path of a folder, like /srv/project"
    case .secret: "a variable, like ${OPENAI_API_KEY}"
    case .currency: "a currency, like EUR"
    case .prefix: "a punctuation mark"
    case .section, .named, .body: "a map"
    case .list: "a list"
    case .oneOrMany(let type): "\(type.phrase), or a list"
    case .either(let types): types.map(\.phrase).joined(separator: ", or ")
    }
  }
}

/// The form of the names that a map declares.
enum DeclaredName: Sendable {
  /// Letters, digits, `.`, `-` and `_`.
  case plain
  /// A word that can be typed after a prefix: `[a-z][a-z0-9_-]*`.
  case command
}

/// The kind of a name, by what it refers to.
package enum NameRole: String, Sendable {
  case user, channel, team, agent, command, rule

  var phrase: String {
    switch self {
    case .user, .channel, .team: "a \(rawValue)'s name"
    case .agent: "an agent's name"
    case .command, .rule: "a \(rawValue)'s name"
    }
  }
}
