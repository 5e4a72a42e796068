/// Bounds of this room, each with its reason.
enum Limits {
  /// How long a program's processes may take to end when they are asked to, before they are killed: people who stop an
  /// answer are promised a second. What a program that ended by itself left running has as long.
  static let grace = Duration.milliseconds(300)

  /// How long to wait for processes that are being killed: one that still lives then runs as another user, or hangs in the
  /// kernel, and nobody is to wait for it.
  static let endingTime = Duration.seconds(5)

  /// How long a program waits until those of an earlier gateway in its folder are gone: they are killed when that gateway
  /// ends, within `grace`.
  static let folderTime = Duration.seconds(5)

  /// How often it is looked whether a folder is free.
  static let folderPause = Duration.milliseconds(20)

  /// How long to wait for a descriptor that cannot be watched before it is tried again.
  static let unwatchedPause = Duration.milliseconds(10)

  /// Bytes that are read at once: as much as a pipe holds, unless a program enlarges it.
  static let pieceBytesMax = 64 * 1024

  /// Bytes that a pipe may still hold when all who wrote to it are gone (`/proc/sys/fs/pipe-max-size`).
  static let pipeBytesMax = 1024 * 1024

  /// Bytes of standard error that are kept, the last ones: what went wrong stands at the end.
  static let errorBytesKept = 4 * 1024

  /// The soft limit of open files that this process gives itself, where the hard limit allows it: a thousand turns, each with
  /// its program's pipes and its connections, fit well. Tables of the kernel and of libraries grow with more.
  static let descriptorsMax = 65_536
}
