/// Bounds of the dialog.
enum Limits {
  /// Bytes of a typed line: a terminal passes on at most 4,095 of a line and drops the rest (termios(3)), so that a
  /// longer one would be cut without notice.
  static let lineBytesMax = 4_000

  /// The time for a server on this machine to list its models: one that is there answers at once.
  static let discoveryTime = Duration.seconds(2)

  /// The time for another endpoint to list its models.
  static let listingTime = Duration.seconds(10)

  /// Models that a question lists, as many as fit on a screen; others are typed by name.
  static let modelsShownMax = 15

  /// Models of a list that are compared with a name, and Unicode scalars of a name: routers have a few hundred.
  static let modelsMax = 2_000
  static let modelScalarsMax = 200

  /// Users of an answer. More are better kept in a file, as a group.
  static let usersMax = 100

  /// Words of a program's command.
  static let commandWordsMax = 50
}
