import ArgumentParser
import Processes

/// The limit of open files (`ulimit -n`) of a long-running command.
enum OpenFilesLimit {
  /// The descriptors that a gateway needs to work at all: the store and the journal, the event socket, a few
  /// connections, an agent's program, and those that system libraries open.
  private static let requiredMin = 48

  /// Raises the limit as far as the system allows.
  ///
  /// Call this before anything is opened: without free descriptors, even signal handling fails.
  ///
  /// - Throws: `ExitCode(1)`, after printing the reason, if the limit is too low.
  static func raise() throws {
    DescriptorLimit.raise()
    guard !DescriptorLimit.hasRoom(for: requiredMin) else { return }
    Output.message(
      """
      the limit of open files, \(DescriptorLimit.current), is too low: edgecrab needs at least \(requiredMin) more than are \
      already open. Raise it and start again: with `ulimit -n 1024` in the shell, `LimitNOFILE=` in a systemd unit, or \
      `--ulimit nofile=` for a container.
      """)
    throw ExitCode(1)
  }
}
