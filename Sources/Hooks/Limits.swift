/// Bounds of hooks, each with its reason.
enum Limits {
  /// Folders of hooks that are read: people do not maintain more.
  static let hooksMax = 100

  /// Bytes of a hook's answer: a flag and a reason.
  static let answerBytesMax = 64 * 1024

  /// Unicode scalars shown of a reason, and of a hook's standard error.
  static let shownScalarsMax = 500

  /// Hooks that run at once: each is a process or more.
  static let runningMax = 16

  /// Queue length for fire-and-forget events; beyond it, events are dropped and logged.
  static let queuedEventsMax = 1_000
}
