package import Core

/// A value that a rules file adds to the body of a request.
package indirect enum BodyValue: Sendable, Equatable {
  /// Nothing.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, written as RFC 8259, section 6, has it.
  case number(String)
  /// A text, which may be a secret, and how it stands in the file, variables not put in.
  case text(Secret, written: String)
  /// A list.
  case list([BodyValue])
  /// A map, in the order of the file.
  case map([Member])

  /// A key of a map and its value.
  package struct Member: Sendable, Equatable {
    /// The key.
    package let key: String
    /// Its value.
    package let value: BodyValue

    /// Names a value.
    package init(key: String, value: BodyValue) {
      self.key = key
      self.value = value
    }
  }

  /// The value as it is sent, with what is secret in it.
  package var exposed: JSON {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): .number(text)
    case .text(let text, _): .string(text.exposed)
    case .list(let values): .array(values.map(\.exposed))
    case .map(let members): .object(members.map { JSON.Member(key: $0.key, value: $0.value.exposed) })
    }
  }

  /// The texts in it that hold variables.
  package var secrets: [Secret] {
    switch self {
    case .text(let text, let written): text.exposed == written ? [] : [text]
    case .list(let values): values.flatMap(\.secrets)
    case .map(let members): members.flatMap(\.value.secrets)
    case .null, .bool, .number: []
    }
  }
}
