/// Bounds of looking things up on the server.
enum Limits {
  /// The number of user names that one request asks for.
  static let namesPerRequest = 200

  /// For how many unknown names the server is asked for a similar one: each takes a request.
  static let namesExplained = 20

  /// Bytes of the file of pinned names: a hundred thousand names take a tenth of it.
  static let pinnedNamesBytesMax = 128 * 1024 * 1024

  /// The number of names that a line lists; it counts the others.
  static let namesListed = 12
}
