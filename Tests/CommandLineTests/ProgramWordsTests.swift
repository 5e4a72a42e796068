import Foundation
import Sandbox
import TestSupport
import Testing

/// The output of an agent's program in the chat and in the log.
@Suite struct ProgramWordsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Asks an agent with these keys, and returns the post, and the gateway's output until its end.
  private func ask(_ keys: String, stopping: Bool = false) async throws -> (post: String, log: String) {
    let rules = """
      version: 1
      agents:
        tool:
      \(keys.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
      rules:
        - { name: all, when: { trigger: [mention, command] }, agent: tool }
      """
    return try await withSandbox { sandbox in
      let process = try EdgecrabProcess(
        ["gateway", "start", "--rules", try folder.write(rules, to: "rules.yaml")],
        environment: [
          "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": folder.url.path,
          "KEY": "sesame-key",
        ])
      try await process.says("Connected.")
      let asked = try await sandbox.post(as: "alice", in: "dev", "@edgecrab go")
      if stopping {
        try await wait(for: "the program to run") { FileManager.default.fileExists(atPath: folder.path("runs")) }
        try await sandbox.post(as: "alice", in: "dev", "!stop")
      }
      let answer = try await sandbox.nextPost(after: asked, within: patience) { $0.author == "edgecrab" }
      // Time for the program to end.
      if stopping { try await process.says("it hangs here") }
      process.terminate()
      return (answer.message, try await process.ended().errors)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `the output of a program is posted as a terminal shows it`() async throws {
    let said = try await ask(
      #"""
      type: exec
      shell: |
        printf '\033[1;31mred\033[0m, \033]8;;https://example.org\033\\a link\033]8;;\033\\, N\000UL\n'
        printf ' 10%%\r'; sleep 0.2; printf ' 50%%\r100%%\n'
        mkdir -p "$EDGECRAB_OUT/report"; echo a > "$EDGECRAB_OUT/report/a.txt"
      """#)
    #expect(said.post == "red, a link, NUL\n100%")
  }

  @Test(.timeLimit(.minutes(1)))
  func `a program that may not be run is reported with the remedy`() async throws {
    let path = try folder.write("#!/bin/sh\n", to: "tool")
    let said = try await ask("type: exec\ncommand: [\"\(path)\"]")
    #expect(
      said.post
        == "The agent `tool` cannot be started: `\(path)` is not executable. The operator of this bot has to make it "
        + "executable (`chmod +x`).")
    #expect(said.log.contains("`\(path)` is not executable; make it executable (`chmod +x`)"))
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["exec", "acp"])
  func `the last lines of a failing program are logged without its secrets`(type: String) async throws {
    let path = try folder.write(
      "seq 20 >&2; echo \"the key is $KEY\" >&2; printf '\\033[31mand that is all\\033[0m' >&2; exit 3", to: "tool")
    let said = try await ask("type: \(type)\ncommand: [sh, \"\(path)\"]\nenv: { KEY: \"${KEY}\" }")
    #expect(said.post.hasPrefix("The agent `tool` ended with an error"))
    #expect(
      said.log.contains(
        "exited(3), 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | the key is <redacted> | and that is all"), "\(said.log)")
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["exec", "acp"])
  func `the last lines of a stopped program are logged`(type: String) async throws {
    let path = try folder.write("echo 'it hangs here' >&2; touch \(folder.path("runs")); sleep 1000", to: "tool")
    let said = try await ask("type: \(type)\ncommand: [sh, \"\(path)\"]", stopping: true)
    #expect(said.post.hasPrefix("Stopped the answer"))
    #expect(said.log.contains("it hangs here"), "\(said.log)")
  }
}
