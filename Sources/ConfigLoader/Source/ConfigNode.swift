/// A value of a YAML file, with its span.
package struct ConfigNode: Sendable, Equatable {
  package var value: Value
  package var span: SourceSpan

  package enum Value: Sendable, Equatable {
    case scalar(String, ScalarStyle)
    case sequence([ConfigNode])
    case mapping([ConfigEntry])
    /// A value whose error is already reported.
    case broken
  }

  /// Indicates whether the value is YAML's null. A quoted empty text is not.
  package var isNothing: Bool {
    guard case .scalar(let text, .plain) = value, text.utf8.count <= 4 else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The span for a diagnostic about the whole value: the first key of a map, the first item of a list of several
  /// lines.
  package var headSpan: SourceSpan {
    switch value {
    case .mapping(let entries): entries.first?.keySpan ?? span
    case .sequence(let items) where span.start.line != span.end.line: items.first?.headSpan ?? span
    default: span
    }
  }
}

/// A key of a map and its value.
package struct ConfigEntry: Sendable, Equatable {
  package var key: String
  package var keySpan: SourceSpan
  package var value: ConfigNode
}

/// The style of a scalar. Only a plain one can be anything but text (YAML 1.2, section 10.3).
package enum ScalarStyle: Sendable, Equatable {
  case plain, singleQuoted, doubleQuoted, block
}
