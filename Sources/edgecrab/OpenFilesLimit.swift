import ArgumentParser
import Processes

/// The files that a server may have open at once: connections, pipes and the store are such.
enum OpenFilesLimit {
  /// How many more a gateway needs before it can work: the store and the journal, the event socket, a few connections, one
  /// program of an agent, and what the system's own libraries open.
  private static let neededAtLeast = 48

  /// Raises the limit of open files as far as the system allows, or says that it is too low, and ends with 1. Call it before
  /// anything is opened: for want of files, signals would not be heard either.
  static func prepare() throws {
    DescriptorLimit.raise()
    guard !DescriptorLimit.hasRoom(for: neededAtLeast) else { return }
    Output.notice(
      """
      edgecrab: the limit of open files, \(DescriptorLimit.current), is too low: edgecrab needs room for at least \
      \(neededAtLeast) more than are open already. Raise it and start again: with `ulimit -n 1024` in the shell, \
      `LimitNOFILE=` in a systemd unit, or `--ulimit nofile=` for a container.
      """)
    throw ExitCode(1)
  }
}
