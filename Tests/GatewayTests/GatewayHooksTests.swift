import Foundation
import Hooks
import Sandbox
import TestSupport
import Testing

@testable import Gateway

/// Hooks around what people ask.
@Suite(.timeLimit(.minutes(1))) struct GatewayHooksTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: all, when: { trigger: [mention, dm, command] }, agent: echo, session: channel }
    """

  /// Runs `body` beside a gateway with one hook, whose handler is given.
  private func withHook(
    _ events: String, _ handler: String, _ body: (Setting, TemporaryFolder) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("{ name: test, events: \(events) }", to: "test/HOOK.yaml")
    #expect(chmod(try folder.write("#!/bin/sh\n\(handler)\n", to: "test/handler"), 0o755) == 0)
    let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
    try await Setting.with { setting in
      var settings = try setting.settings(rules: Self.rules)
      settings.hooks = HookFolder.read(folder.url.path, environment: environment).hooks
      try await withGateway(settings) { _ in
        try await setting.sandbox.waitForConnection(within: patience)
        try await body(setting, folder)
      }
    }
  }

  @Test func `a hook can refuse before an agent is asked, and before a command runs`() async throws {
    let handler = #"grep -q secret && echo '{"cancel": true, "reason": "Not that."}' || true"#
    try await withHook("[agent:start, 'command:*']", handler) { setting, _ in
      let hello = try await setting.ask("@edgecrab hello")
      #expect(hello.message == "hello")
      #expect(try await setting.ask("@edgecrab a secret").message == "Not that.")
      #expect(try await setting.ask("!help secret").message == "Not that.")
      #expect(try await setting.ask("!new").message.hasPrefix("A new conversation begins"))
      #expect(try await setting.ask("!retry").message.hasPrefix("There is nothing to retry"))
      #expect(try await setting.ask("!hooks").message.contains("| test | `agent:start` `command:*` |"))
    }
  }

  @Test func `hooks are told of all events in order`() async throws {
    try await withHook(
      "[session:start, agent:start, agent:end, session:reset, gateway:startup]",
      #"sed 's/.*"event":"\([^"]*\)".*/\1/' >> ../events"#
    ) { setting, folder in
      try await setting.ask("@edgecrab hello")
      func events() -> [Substring] {
        ((try? String(contentsOfFile: folder.path("events"), encoding: .utf8)) ?? "").split(separator: "\n")
      }
      try await wait(for: "the turn's events") { events().count == 4 }
      #expect(Set(events()) == ["gateway:startup", "session:start", "agent:start", "agent:end"])
      try await setting.ask("!new")
      try await wait(for: "the conversation's end") { events().last == "session:reset" }
      try await setting.ask("@edgecrab again")
      try await wait(for: "the next turn's events") { events().count == 8 }
      #expect(events().suffix(3).contains("session:start"))
    }
  }

  @Test func `a slow hook delays only its own message`() async throws {
    try await withHook("command:usage", "while ! [ -e ../go ]; do sleep 0.05; done") { setting, folder in
      let slow = try await setting.sandbox.post(as: "alice", in: "dev", "!usage")
      #expect(try await setting.ask("@edgecrab meanwhile").message == "meanwhile")
      #expect(try await setting.ask("!status").message.contains("| Running | nothing |"))
      _ = try folder.write("", to: "go")
      let answer = try await setting.sandbox.nextPost(after: slow, within: patience) { $0.message.contains("Tokens") }
      #expect(answer.author == "edgecrab")
    }
  }
}
