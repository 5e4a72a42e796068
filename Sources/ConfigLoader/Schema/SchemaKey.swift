import Core

/// A key of the language, as data.
struct SchemaKey: Sendable, Equatable {
  var name: String
  var type: SchemaType
  var isRequired: Bool
  /// Its default; `nil` if no value has that meaning.
  var fallback: JSON?
  /// Its default in a few words, if no value has that meaning.
  var otherwise: String?
  /// The key without which it has no effect.
  var needs: String?
  /// Its meaning, in one sentence.
  var doc: String
}

/// A map of the language: its keys, and which of them must be stated.
struct SchemaSection: Sendable, Equatable {
  /// Its name in the table.
  var name: String
  /// Its name in messages: `a rule`.
  var phrase: String
  var keys: [SchemaKey]
  /// Keys of which exactly one must be stated.
  var exactlyOne: [String] = []
  /// Keys of which at least one must be stated.
  var atLeastOne: [String] = []

  func key(_ name: String) -> SchemaKey? { keys.first { $0.name == name } }

  /// The keys of secrets.
  var secretKeys: Set<String> { Set(keys.filter { $0.type == .secret }.map(\.name)) }

  /// Returns whether the value of an unknown key may be a secret: if the section has a secret, and no other key was
  /// meant.
  func mayBeSecret(meant: String?) -> Bool {
    meant.map { key($0)?.type == .secret } ?? keys.contains { $0.type == .secret }
  }
}
