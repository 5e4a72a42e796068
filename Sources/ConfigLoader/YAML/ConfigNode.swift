/// A value of a YAML file, with where it stands.
struct ConfigNode: Sendable, Equatable {
  var value: Value
  var span: SourceSpan

  enum Value: Sendable, Equatable {
    case scalar(String, ScalarStyle)
    case sequence([ConfigNode])
    case mapping([ConfigEntry])
    /// What is wrong with it is among the findings already.
    case broken
  }

  /// Whether there is nothing: YAML's null. A quoted empty text is a text.
  var isNothing: Bool {
    guard case .scalar(let text, .plain) = value, text.utf8.count <= 4 else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// Where a finding about the whole value points: a map's first key instead of everything down to its last value.
  var headSpan: SourceSpan {
    switch value {
    case .mapping(let entries): entries.first?.keySpan ?? span
    case .sequence(let items) where span.start.line != span.end.line: items.first?.headSpan ?? span
    default: span
    }
  }
}

/// A key of a map and its value.
struct ConfigEntry: Sendable, Equatable {
  var key: String
  var keySpan: SourceSpan
  var value: ConfigNode
}

/// How a scalar is written. Only a plain one can be anything but a text (YAML 1.2, section 10.3).
enum ScalarStyle: Sendable, Equatable {
  case plain, singleQuoted, doubleQuoted, block
}
