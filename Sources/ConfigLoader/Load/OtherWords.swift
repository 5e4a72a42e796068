/// Words that people write where the language has another, too far from it to be a slip of spelling.
enum OtherWords {
  /// What may be meant by a word: the first that the key takes.
  private static let meanings: [String: [String]] = [
    "all": ["message", "channel-wide"],
    "any": ["message"],
    "app": ["bot"],
    "channel": ["public", "channel-wide"],
    "direct": ["dm", "user"],
    "dm": ["direct", "user"],
    "gm": ["group"],
    "open": ["public"],
    "people": ["human"],
    "person": ["human"],
    "slash": ["command"],
    "user": ["human", "dm"],
    "wait": ["queue"],
  ]

  static func meaning(of word: String, among words: [String]) -> String? {
    meanings[word.lowercased()]?.first(where: words.contains)
  }
}
