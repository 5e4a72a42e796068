/// Finds the keys of a map while it grows: those of a small one by comparing them all, those of a large one by hash.
///
/// Nearly every map of a rules file has fewer than ten keys, and a hash table for each took longer than reading it.
struct KeyIndex {
  /// The most keys that are compared one by one.
  private static let comparedMax = 16

  private var hashed: [String: SourceSpan] = [:]

  /// Where a key stands among the entries so far, each with a key of its own.
  mutating func place(of key: String, in entries: [ConfigEntry]) -> SourceSpan? {
    if entries.count <= Self.comparedMax { return entries.first { $0.key == key }?.keySpan }
    for entry in entries[hashed.count...] { hashed[entry.key] = entry.keySpan }
    return hashed[key]
  }
}
