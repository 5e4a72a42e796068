internal import Glibc

/// A program to run, with all that it is given.
package struct Command: Sendable, Equatable {
  /// The program: a path, or a name that is looked for in `PATH`.
  package var program: String
  /// What it is called with. No shell reads it.
  package var arguments: [String]
  /// The absolute path of the folder that it runs in.
  package var folder: String
  /// All variables that it sees.
  package var environment: [String: String]
  /// The folder that is locked while it runs: it waits until what another gateway left running there is gone, and keeps
  /// others from there. `nil` for none.
  package var lockedFolder: String?

  /// Names a program.
  package init(_ program: String, _ arguments: [String] = [], in folder: String, environment: [String: String]) {
    self.program = program
    self.arguments = arguments
    self.folder = folder
    self.environment = environment
  }

  /// A text for `/bin/sh` to read.
  package static func shell(_ text: String, in folder: String, environment: [String: String]) -> Command {
    Command("/bin/sh", ["-c", text], in: folder, environment: environment)
  }

  /// The same, alone with the programs of this gateway in a folder, which is its own unless another is named.
  package func lockingFolder(_ folder: String? = nil) -> Command {
    var command = self
    command.lockedFolder = folder ?? self.folder
    return command
  }

  /// The path of the file that was found for the program, which may not be one that can be run.
  package var programPath: String {
    if program.contains("/") { return program.hasPrefix("/") ? program : "\(folder)/\(program)" }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { "\($0)/\(program)" }.first { access($0, F_OK) == 0 } ?? program
  }

  /// What a program needs of the gateway's own environment, and nothing of its secrets.
  package static func plainEnvironment(of environment: [String: String]) -> [String: String] {
    environment.filter { name, _ in plainNames.contains(name) || name.hasPrefix("LC_") }
  }

  private static let plainNames: Set<String> = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR"]
}
