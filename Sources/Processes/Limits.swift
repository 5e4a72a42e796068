/// Bounds of this room, each with its reason.
enum Limits {
  /// How long a group of processes may take to end when it is asked to, before it is killed: people who stop an answer are
  /// promised a second.
  static let grace = Duration.milliseconds(300)

  /// Bytes of standard error that are kept, the last ones: what went wrong stands at the end.
  static let errorBytesKept = 4 * 1024

  /// The soft limit of open files that this process gives itself, where the hard limit allows it: a thousand turns, each with
  /// its program's pipes and its connections, fit well. Tables of the kernel and of libraries grow with more.
  static let descriptorsMax = 65_536
}
