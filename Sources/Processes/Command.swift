internal import Glibc

/// A program to run, with its arguments, folder and environment.
package struct Command: Sendable, Equatable {
  /// A path, or a name that is searched for in `PATH`.
  package var program: String
  /// The arguments, which no shell interprets.
  package var arguments: [String]
  /// The absolute path of the working directory.
  package var folder: String
  /// All environment variables.
  package var environment: [String: String]
  /// The folder that is locked while it runs, or `nil`. It waits until processes that another gateway has left running
  /// there are gone, and keeps other gateways out.
  package var lockedFolder: String?

  package init(_ program: String, _ arguments: [String] = [], in folder: String, environment: [String: String]) {
    self.program = program
    self.arguments = arguments
    self.folder = folder
    self.environment = environment
  }

  /// Creates a command that `/bin/sh` interprets.
  package static func shell(_ text: String, in folder: String, environment: [String: String]) -> Command {
    Command("/bin/sh", ["-c", text], in: folder, environment: environment)
  }

  /// Returns the command with a locked folder, by default the one in which it runs.
  package func lockingFolder(_ folder: String? = nil) -> Command {
    var command = self
    command.lockedFolder = folder ?? self.folder
    return command
  }

  /// The path of the file that was found for the program, which may not be executable.
  package var programPath: String {
    if program.contains("/") { return program.hasPrefix("/") ? program : "\(folder)/\(program)" }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { "\($0)/\(program)" }.first { access($0, F_OK) == 0 } ?? program
  }

  /// Returns the variables of an environment that programs need and that contain no secrets.
  package static func plainEnvironment(of environment: [String: String]) -> [String: String] {
    environment.filter { name, _ in plainNames.contains(name) || name.hasPrefix("LC_") }
  }

  private static let plainNames: Set<String> = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR"]
}
