import Sandbox
import TestSupport

/// The home of a reader who follows the documentation: a new folder, with a sandbox as the server.
struct DocumentationHome: Sendable {
  let sandbox: SandboxServer
  /// Run before the first command, in its shell.
  var preparation = ""

  struct Result: Sendable {
    var output: String
    var status: Int32
  }

  /// Returns what commands that are typed into one shell print, and their exit codes. The home is shown as
  /// `/home/crab`, and the sandbox as `http://127.0.0.1:8065`.
  func run(_ commands: [String]) async throws -> [Result] {
    let script = """
      export HOME=$EDGECRAB_HOME; unset EDGECRAB_HOME
      cd; mkdir work; cd work
      \(preparation)
      part() { status=$?; printf '\\0%s\\0' $status; return $status; }
      printf '%s\\0' "$HOME"

      """
    let ended = try await EdgecrabProcess(
      shell: script + commands.map { $0 + "\npart\n" }.joined(),
      environment: ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken]
    ).ended()
    let parts = ended.output.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
    let home = parts[0].split(separator: "\n").last.map(String.init) ?? "/"
    return stride(from: 1, to: parts.count - 1, by: 2).map { index in
      Result(
        output: parts[index].replacing(home, with: "/home/crab").replacing(sandbox.url, with: "http://127.0.0.1:8065"),
        status: Int32(parts[index + 1]) ?? -1)
    }
  }
}

/// Commands in the documentation that no test runs. Their options are checked all the same.
enum NotRun {
  /// The beginnings of commands, each with the reason.
  static let commands: KeyValuePairs<String, String> = [
    "edgecrab gateway start": "runs until it is stopped; GatewayStartTests start it",
    "edgecrab sandbox": "runs until it is stopped",
    "edgecrab setup": "asks questions",
    "edgecrab data restore": "needs a backup, and replaces the store",
    "edgecrab data move": "needs a database; StoreMoveTests have one",
    "edgecrab cluster status": "needs a database; ClusterStatusTests have one",
    "sudo": "changes the machine", "apt": "changes the machine", "apt-get": "changes the machine",
    "systemctl": "needs systemd", "journalctl": "needs systemd", "docker": "needs a container engine",
    "podman": "needs a container engine", "curl": "needs a running gateway", "make": "builds the program",
  ]

  /// Sessions with the output of a server, model or moment that a test does not have, by page and section.
  static let sessions: [(page: String, section: String, reason: String)] = [
    ("docs/connecting.md", "Connecting to Mattermost", "shows the faults of a server of its own")
  ]

  /// Returns the reason why a command is not run, or `nil` if it is.
  static func reason(for command: String) -> String? {
    let words = ShellWords(command.drop { $0 == " " }).words.drop { $0.contains("=") }
    let line = words.joined(separator: " ") + " "
    if line.contains(" --follow ") { return "runs until it is stopped" }
    if line.hasPrefix("edgecrab "), line.contains(" [") { return "shows what may be left out" }
    if command.contains("…") { return "has a placeholder" }
    if command.contains(/(?:^|[ =])\/(?!dev\/null)/) { return "names a path of the machine" }
    let name = line.split(separator: "/").last.map(String.init) ?? line
    return commands.first { line.hasPrefix($0.key + " ") || name.hasPrefix($0.key + " ") }?.value
  }

  static func reason(for session: ShellSession, _ section: String, on page: String) -> String? {
    if let listed = sessions.first(where: { $0.page == page && $0.section == section }) { return listed.reason }
    return session.steps.lazy.filter { $0.section == section }.compactMap { reason(for: $0.typed[0]) }.first
  }
}
