/// Bounds of child processes, each with its reason.
enum Limits {
  /// The time between SIGTERM and SIGKILL: `/stop` promises to end an answer within a second.
  static let grace = Duration.milliseconds(300)

  /// The time to wait for processes after SIGKILL: one that still lives then runs as another user, or hangs in the
  /// kernel.
  static let endingTime = Duration.seconds(5)

  /// The time to wait for the processes of an earlier gateway in a folder: they are killed within `grace` of its end.
  static let folderTime = Duration.seconds(5)

  /// The pause between two attempts to lock a folder.
  static let folderPause = Duration.milliseconds(20)

  /// The pause before another attempt on a descriptor that cannot be watched.
  static let unwatchedPause = Duration.milliseconds(10)

  /// Bytes of a read: the size of a pipe, unless a program enlarges it.
  static let chunkBytesMax = 64 * 1024

  /// Bytes that a pipe may contain after all its writers are gone (`/proc/sys/fs/pipe-max-size`).
  static let pipeBytesMax = 1024 * 1024

  /// Bytes of standard error that are returned, the last ones: the reason of a failure is at the end.
  static let errorBytesMax = 4 * 1024

  /// The soft limit of open files that this process sets, if the hard limit allows it. It is enough for a thousand
  /// turns, each with the pipes of its program and its connections. Tables of the kernel and of libraries grow with it.
  static let descriptorsMax = 65_536
}
