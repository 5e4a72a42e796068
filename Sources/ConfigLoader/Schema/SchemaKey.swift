import Core

/// A key of the language, as data.
struct SchemaKey: Sendable, Equatable {
  var name: String
  var type: SchemaType
  /// Whether the section needs it.
  var isRequired: Bool
  /// What holds without it, as a value; nil where no value says the same.
  var fallback: JSON?
  /// What holds without it, in a few words, where no value says the same.
  var otherwise: String?
  /// The key that must stand beside it for it to do anything.
  var needs: String?
  /// What it is for, in one sentence.
  var doc: String
}

/// A map of the language: its keys, and what more it asks of them.
struct SchemaSection: Sendable, Equatable {
  /// Its name in the table.
  var name: String
  /// How a message calls it: `a rule`.
  var phrase: String
  var keys: [SchemaKey]
  /// Keys of which exactly one must stand.
  var exactlyOne: [String] = []
  /// Keys of which at least one must stand.
  var atLeastOne: [String] = []

  func key(_ name: String) -> SchemaKey? { keys.first { $0.name == name } }

  /// Whether this is a rule, and the key is one of its `when`: the likeliest place to forget it.
  func isOfWhen(_ key: String) -> Bool {
    name == Schema.RuleMap.section.name && Schema.When.section.key(key) != nil
  }

  /// The keys that hold a secret.
  var secretKeys: Set<String> { Set(keys.filter { $0.type == .secret }.map(\.name)) }

  /// Whether what stands below an unknown key may be a secret: where the section takes one, and no other key was meant.
  func mayBeSecret(meant: String?) -> Bool {
    meant.map { key($0)?.type == .secret } ?? keys.contains { $0.type == .secret }
  }
}

/// A key together with how its value is read: the only way by which the loader reads a file.
///
/// A class, because every rule is asked for each of its keys, and one reference is passed on faster than the whole row.
final class Key<Value>: Sendable {
  let row: SchemaKey
  let reader: ValueReader<Value>

  init(
    _ name: String, _ reader: ValueReader<Value>, isRequired: Bool = false, fallback: JSON? = nil,
    otherwise: String? = nil, needs: String? = nil, _ doc: String
  ) {
    row = SchemaKey(
      name: name, type: reader.type, isRequired: isRequired, fallback: fallback, otherwise: otherwise, needs: needs,
      doc: doc)
    self.reader = reader
  }

  /// The same key in a section that needs it.
  var required: SchemaKey {
    var row = row
    row.isRequired = true
    return row
  }
}

/// How a value of one type is read.
struct ValueReader<Value>: Sendable {
  let type: SchemaType
  /// Reads the value of the key of this name; nil where it is no such value, which is then among the findings.
  let read: @Sendable (_ node: ConfigNode, _ key: String, _ reader: inout RulesReader) -> Value?
}
