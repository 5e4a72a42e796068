/// Bounds of this room, each with its reason.
enum Limits {
  /// Folders that are looked at: nobody keeps an eye on more hooks.
  static let hooksMax = 100

  /// Bytes of what a hook answers: a word and a reason.
  static let answerBytesMax = 64 * 1024

  /// Unicode scalars of a reason, and of what a hook wrote to standard error, that are shown.
  static let wordsScalarsMax = 500

  /// Hooks that run at once: each is a process or more.
  static let runningMax = 16

  /// Events that wait for hooks that nobody waits for. Above it they are dropped, loudly.
  static let waitingMax = 1_000
}
