import Foundation
import TestSupport

/// A real `edgecrab` as a child process, in a folder of its own, with only PATH of this machine's environment.
final class EdgecrabProcess: Sendable {
  struct Ended {
    var status: Int32
    var output: String
    var errors: String
  }

  private let folder: TemporaryFolder
  private let process: Process

  /// Starts `edgecrab ARGUMENTS`, after `wrapper` on the command line. `EDGECRAB_HOME` is a new folder unless
  /// `environment` names one. It reads `input`. On a terminal, which `on_terminal.py` creates, errors are
  /// output as well.
  convenience init(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil, onTerminal: Bool = false,
    through wrapper: [String] = []
  ) throws {
    let terminal = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "on_terminal.py").path
    let command = (onTerminal ? ["/usr/bin/python3", terminal] : []) + wrapper + [Self.executable.path] + arguments
    try self.init(command, environment, input)
  }

  /// Starts a shell that runs `script` in a new folder and finds `edgecrab` by its name. Errors are part of the output.
  convenience init(shell script: String, environment: [String: String] = [:]) throws {
    try self.init(["/bin/sh", "-c", "mkdir work; cd work; exec 2>&1\n" + script], environment, nil)
  }

  private init(_ command: [String], _ environment: [String: String], _ input: String?) throws {
    folder = try TemporaryFolder()
    let home = folder.url.appending(path: "home")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = folder.url
    let path = [Self.executable.deletingLastPathComponent().path, ProcessInfo.processInfo.environment["PATH"] ?? ""]
    process.environment = [
      "PATH": path.joined(separator: ":"), "EDGECRAB_HOME": home.path,
    ].merging(environment) { _, given in given }
    process.standardInput = FileHandle.nullDevice
    if let input {
      process.standardInput = try FileHandle(forReadingFrom: URL(filePath: folder.write(input, to: "input")))
    }
    // Files, not pipes: processes of other tests inherit the end of a pipe, which then never closes.
    process.standardOutput = try Self.newFile(folder.url.appending(path: "output"))
    process.standardError = try Self.newFile(folder.url.appending(path: "errors"))
    try process.run()
  }

  deinit {
    // The process has to end before its folder is removed, or it might write into it once more.
    if process.isRunning { kill() }
    process.waitUntilExit()
  }

  private var output: String { text("output") }
  private var errors: String { text("errors") }

  private func text(_ file: String) -> String {
    FileManager.default.contents(atPath: folder.path(file))
      .map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func newFile(_ url: URL) throws -> FileHandle {
    try Data().write(to: url)
    return try FileHandle(forWritingTo: url)
  }

  /// Waits until the output or the errors contain `text`.
  func says(_ text: String) async throws {
    try await wait(for: "`\(text)`, but got:\n\(said)") {
      let isRunning = process.isRunning
      if said.contains(text) { return true }
      guard isRunning else { throw TestFailure("edgecrab ended without saying `\(text)`, but:\n\(said)") }
      return false
    }
  }

  var said: String { output + errors }

  var isRunning: Bool { process.isRunning }

  var id: Int32 { process.processIdentifier }

  /// Returns a figure of its memory in whole megabytes, by the system's name: `VmRSS` now, `VmHWM` at most so far.
  func memory(_ figure: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(figure + ":") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
  }

  /// The number of files that it may have open: its soft limit, as the system reports it.
  var openFilesMax: Int {
    let limits = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/limits", encoding: .utf8)) ?? ""
    let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst(3).first.flatMap { Int($0) } ?? 0
  }

  /// Lowers its limit of open files; those that are open stay open.
  func limitOpenFiles(to count: Int) throws {
    let tool = Process()
    tool.executableURL = URL(filePath: "/usr/bin/prlimit")
    tool.arguments = ["--pid", "\(process.processIdentifier)", "--nofile=\(count):"]
    try tool.run()
    tool.waitUntilExit()
    guard tool.terminationStatus == 0 else { throw TestFailure("prlimit ended with \(tool.terminationStatus)") }
  }

  func terminate() { process.terminate() }
  func interrupt() { process.interrupt() }
  /// Kills it, as a crash would end it.
  func kill() { _ = Foundation.kill(process.processIdentifier, SIGKILL) }
  /// Stops it as Ctrl-Z would, except that it does not learn it.
  func suspend() { _ = Foundation.kill(process.processIdentifier, SIGSTOP) }
  /// Lets it go on.
  func resume() { _ = Foundation.kill(process.processIdentifier, SIGCONT) }
  func hangUp() { _ = Foundation.kill(process.processIdentifier, SIGHUP) }
  /// Closes its terminal.
  func closeTerminal() { _ = Foundation.kill(process.processIdentifier, SIGUSR1) }

  /// Waits for the exit of the process.
  func ended() async throws -> Ended {
    try await wait(for: "edgecrab to end, which said:\n\(said)") { !process.isRunning }
    return Ended(status: process.terminationStatus, output: output, errors: errors)
  }

  /// The program in `EDGECRAB_PROGRAM`, which `make test` sets to the release build; else the one that was built with
  /// the tests.
  private static let executable =
    ProcessInfo.processInfo.environment["EDGECRAB_PROGRAM"].map { URL(filePath: $0) }
    ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "edgecrab")
}
