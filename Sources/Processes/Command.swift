internal import Glibc

/// A program to run, with all that it is given.
public struct Command: Sendable, Equatable {
  /// The program: a path, or a name that is looked for in `PATH`.
  public var program: String
  /// What it is called with. No shell reads it.
  public var arguments: [String]
  /// The absolute path of the folder that it runs in.
  public var folder: String
  /// All variables that it sees.
  public var environment: [String: String]
  /// The folder that is locked while it runs: it waits until what another gateway left running there is gone, and keeps
  /// others from there. `nil` for none.
  public var lockedFolder: String?

  /// Names a program.
  public init(_ program: String, _ arguments: [String] = [], in folder: String, environment: [String: String]) {
    self.program = program
    self.arguments = arguments
    self.folder = folder
    self.environment = environment
  }

  /// A text for `/bin/sh` to read.
  public static func shell(_ text: String, in folder: String, environment: [String: String]) -> Command {
    Command("/bin/sh", ["-c", text], in: folder, environment: environment)
  }

  /// The same, alone with the programs of this gateway in a folder, which is its own unless another is named.
  public func lockingFolder(_ folder: String? = nil) -> Command {
    var command = self
    command.lockedFolder = folder ?? self.folder
    return command
  }

  /// The path of the file that was found for the program, which may not be one that can be run.
  public var programPath: String {
    if program.contains("/") { return program.hasPrefix("/") ? program : "\(folder)/\(program)" }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { "\($0)/\(program)" }.first { access($0, F_OK) == 0 } ?? program
  }

  /// What a program needs of the gateway's own environment, and nothing of its secrets.
  public static func plainEnvironment(of environment: [String: String]) -> [String: String] {
    environment.filter { name, _ in plainNames.contains(name) || name.hasPrefix("LC_") }
  }

  private static let plainNames: Set<String> = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR"]
}
