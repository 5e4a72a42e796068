import ConfigLoader
import Core
import Foundation
import TestSupport
import Testing

@testable import Hooks

@Suite("Hooks", .timeLimit(.minutes(1)))
struct HookTests {
  private let folder: TemporaryFolder
  private let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "TOKEN": "sesame", "KEY": "k1"]

  init() throws { folder = try TemporaryFolder() }

  /// Creates a hook in the folder, with an executable handler unless it has an extension.
  private func put(_ name: String, _ manifest: String, _ handler: String, as file: String = "handler") throws {
    _ = try folder.write(manifest, to: "\(name)/HOOK.yaml")
    let path = try folder.write(handler, to: "\(name)/\(file)")
    if file == "handler" { #expect(chmod(path, 0o755) == 0) }
  }

  private func read() -> HookFolder.Contents { HookFolder.read(folder.url.path, environment: environment) }

  private func runner() throws -> HookRunner {
    let contents = read()
    try #require(contents.problems.isEmpty, "\(contents.problems)")
    return HookRunner(contents.hooks, environment: environment, logger: .silent)
  }

  private static let start = HookEvent(.agentStart, session: "channel:c", user: "u1", ["message": "hi \"you\"\n"])

  @Test(arguments: [("", 0o777), ("good", 0o775), ("good/HOOK.yaml", 0o664), ("good/handler", 0o757)])
  func `hooks that other users may change are left out`(name: String, mode: Int) throws {
    try put("good", "{ name: good, events: '*' }", "#!/bin/sh\n")
    #expect(read().hooks.count == 1 && read().problems == [])
    #expect(chmod(folder.path(name), mode_t(mode)) == 0)
    let contents = read()
    #expect(contents.hooks.isEmpty)
    #expect(
      contents.problems.count == 1 && contents.problems[0].contains("; run `chmod go-w /"), "\(contents.problems)")
  }

  @Test func `a hook reads the event and has a clean environment, in its own folder`() async throws {
    try put(
      "log", "{ name: log, events: '*', env: [KEY] }", "#!/bin/sh\ncat > read; env | sort > env; pwd -P > where\n")
    let runner = try runner()
    await runner.run(Self.start)
    let read = try String(contentsOfFile: folder.path("log/read"), encoding: .utf8)
    #expect(
      read
        == #"{"event":"agent:start","platform":"mattermost","session_id":"channel:c","user_id":"u1","message":"hi \"you\"\n"}"#
        + "\n")
    let seen = try String(contentsOfFile: folder.path("log/env"), encoding: .utf8)
    #expect(seen.contains("KEY=k1\n") && !seen.contains("TOKEN"))
    #expect(try String(contentsOfFile: folder.path("log/where"), encoding: .utf8).hasSuffix("/log\n"))
    let state = try #require(await runner.states.first)
    #expect(state.lastRun != nil && state.lastError == nil)
  }

  @Test func `hooks run for the events that they list, lower priorities first`() async throws {
    for (name, events, priority) in [
      ("b", "[command:*]", 50), ("a", "[command:new, agent:start]", 60), ("c", "'*'", 1), ("d", "agent:end", 1),
    ] {
      try put(
        name, "{ name: \(name), events: \(events), priority: \(priority) }",
        "#!/bin/sh\necho \(name) >> ../order\n")
    }
    try put("e", "{ name: e, events: '*', enabled: false }", "#!/bin/sh\necho e >> ../order\n")
    let runner = try runner()
    await runner.run(HookEvent(command: "new", session: "s", user: "u"))
    #expect(try String(contentsOfFile: folder.path("order"), encoding: .utf8) == "c\nb\na\n")
    #expect(runner.hasHooks(for: "agent:end"))
    #expect(await runner.states.map(\.hook.manifest.name) == ["c", "d", "b", "e", "a"])
  }

  @Test func `a hook may cancel an event with a reason, and later hooks do not run`() async throws {
    try put(
      "no", "{ name: no, events: agent:start }",
      "#!/bin/sh\nprintf %s '{\"cancel\": true, \"reason\": \"Not\\nnow.\"}'\n")
    try put("later", "{ name: later, events: agent:start, priority: 90 }", "#!/bin/sh\ntouch ../ran\n")
    #expect(
      try await runner().firstRefusal(of: Self.start)
        == HookRunner.Refusal(hook: "no", reason: "Not now."))
    #expect(!FileManager.default.fileExists(atPath: folder.path("ran")))
    #expect(try await runner().firstRefusal(of: HookEvent(.agentEnd)) == nil)
  }

  @Test(arguments: [
    ("echo oops $KEY >&2; exit 3", "it exited with status 3"),
    ("echo 'not JSON'", "its standard output is not a JSON object"),
    ("head -c 100000 /dev/zero", "it wrote more than 65536 bytes"),
    ("echo '{\"cancel\": true}'; sleep 1000 & sleep 1000", "it took longer than 1 s and was ended"),
  ])
  func `a hook that fails cancels nothing, and the reason is recorded`(handler: String, error: String) async throws {
    try put(
      "bad", "{ name: bad, events: agent:start, timeout_secs: 1, env: [KEY] }", "#!/bin/sh\n\(handler)\n")
    let runner = try runner()
    #expect(await runner.firstRefusal(of: Self.start) == nil)
    #expect(await runner.states.first?.lastError == error)
  }

  @Test func `hooks that cannot be run are left out, each with a remedy`() throws {
    try put("unknown", "name: x\nevents: [agent:strat]\n", "#!/bin/sh\n")
    try put("unset", "name: x\nevents: '*'\nenv: [NOT_SET]\n", "#!/bin/sh\n")
    try put("idle", "name: idle\nevents: '*'\n", "print()\n", as: "handler.pl")
    try put("one", "name: same\nevents: '*'\n", "#!/bin/sh\n")
    try put("two", "name: same\nevents: '*'\n", "#!/bin/sh\n")
    _ = try folder.write("", to: "nothing/README")
    let contents = read()
    #expect(contents.hooks.map(\.manifest.name) == ["same"])
    let all = contents.problems.joined(separator: "\n")
    for part in [
      "idle: there is no handler that can be run", "nothing: there is no HOOK.yaml",
      "two: another hook has the name `same` too",
      "did you mean `agent:start`?", "the variable `NOT_SET` is not set",
    ] {
      #expect(all.contains(part), "\(part)\n\(all)")
    }
    #expect(contents.problems.count == 5)
  }

  @Test func `a folder that does not exist has no hooks`() {
    let contents = HookFolder.read(folder.path("gone"), environment: [:])
    #expect(contents.hooks.isEmpty && contents.problems.isEmpty)
  }

  /// `UPDATE_GOLDEN=1` rewrites the table.
  @Test func `the documentation lists all events`() throws {
    let document = URL(filePath: #filePath).appending(path: "../../../docs/hooks.md").standardizedFileURL
    var text = try String(contentsOf: document, encoding: .utf8)
    let table = try #require(text.firstMatch(of: /(?m)^\| event \|.*\n(\|.*\n)+/))
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      text.replaceSubrange(table.range, with: HookEventKind.table)
      try text.write(to: document, atomically: true, encoding: .utf8)
    } else {
      #expect(table.output.0 == HookEventKind.table, "UPDATE_GOLDEN=1 swift test --filter HooksTests rewrites it")
    }
  }

  @Test func `the hook of the documentation cancels what the documentation says`() async throws {
    let document = URL(filePath: #filePath).appending(path: "../../../docs/hooks.md").standardizedFileURL
    let text = try String(contentsOf: document, encoding: .utf8)
    let manifest = try #require(text.firstMatch(of: /(?s)```yaml\n(.*?)```/)).output.1
    let handler = try #require(text.firstMatch(of: /(?s)```python\n(.*?)```/)).output.1
    try put("documented", String(manifest), String(handler), as: "handler.py")
    let runner = try runner()
    let new = HookEvent(command: "new", session: "s", user: "u", ["user_name": "bob"])
    #expect(await runner.firstRefusal(of: new)?.reason == "Ask Alice to start a new conversation.")
    #expect(
      await runner.firstRefusal(of: HookEvent(command: "new", session: "s", user: "u", ["user_name": "alice"])) == nil)
    #expect(
      await runner.firstRefusal(of: HookEvent(.agentStart, ["message": "my password is x"]))?.reason
        == "Keep passwords out of the chat, please.")
    #expect(await runner.firstRefusal(of: Self.start) == nil)
  }

  @Test func `an event that cannot be cancelled goes on whatever its hooks answer`() async throws {
    try put("no", "{ name: no, events: '*' }", "#!/bin/sh\necho '{\"cancel\": true}'; touch ../ran\n")
    let runner = try runner()
    #expect(await runner.firstRefusal(of: HookEvent(.sessionStart)) == nil)
    #expect(FileManager.default.fileExists(atPath: folder.path("ran")))
    #expect(await runner.firstRefusal(of: Self.start) != nil)
  }

  @Test func `a hook that a stop cancels has not failed`() async throws {
    try put("slow", "{ name: slow, events: agent:start }", "#!/bin/sh\ntouch ../begun; sleep 1000\n")
    let runner = try runner()
    let asking = Task { await runner.firstRefusal(of: Self.start) }
    try await wait(for: "the hook to begin") { FileManager.default.fileExists(atPath: folder.path("begun")) }
    asking.cancel()
    #expect(await asking.value == nil)
    let state = try #require(await runner.states.first)
    #expect(state.lastRun != nil && state.lastError == nil)
  }

  @Test func `hooks that run past the deadline at shutdown are ended, and so are those of later events`() async throws {
    try put("slow", "{ name: slow, events: '*' }", "#!/bin/sh\ntouch ../begun; sleep 1000\n")
    let runner = try runner()
    runner.notify(Self.start)
    try await wait(for: "the hook to begin") { FileManager.default.fileExists(atPath: folder.path("begun")) }
    await runner.finish(by: .now)
    #expect(await runner.states.first?.lastError == "the gateway stopped before it was done")
    runner.notify(HookEvent(.agentEnd))
    await runner.finish(by: .now + .seconds(1_000))
  }
}
