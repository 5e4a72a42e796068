import Core

/// What the language looks like, for editors and for people: made from the keys that the loader reads files through.
package enum RulesSchema {
  /// A JSON Schema of draft 7.
  package static var json: String { JSONSchema.document.lines }

  /// The tables of keys, in Markdown.
  package static var markdown: String { SchemaReference.markdown }
}
