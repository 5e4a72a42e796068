import Vocabulary

/// What the language looks like, for editors and for people: made from the keys that the loader reads files through.
public enum RulesSchema {
  /// A JSON Schema of draft 7.
  public static var json: String { JSONSchema.document.lines }

  /// The tables of keys, in Markdown.
  public static var markdown: String { SchemaReference.markdown }
}
