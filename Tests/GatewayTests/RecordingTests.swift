import ConfigLoader
import Core
import Foundation
import Journal
import RuleAnalysis
import RuleEngine
import Sandbox
import TestSupport
import Testing

/// The journal of a gateway, on a server that plays recorded answers.
@Suite struct RecordingTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    journal: { text: TEXT }
    rules:
      - { name: secrets, when: { text: secret }, mode: shadow, deny: "No." }
      - { name: by name, when: { user: alice, team: acme, channel: dev, trigger: mention }, agent: echo }
      - { name: rest, when: { trigger: [mention, command] }, agent: echo }
    """

  private func recorded(text: Bool, _ folder: TemporaryFolder) async throws -> [EventLine] {
    try await withSandbox { sandbox in
      let rules = Self.rules.replacing("TEXT", with: "\(text)")
      try await withGateway(on: sandbox.url, token: sandbox.botToken, rules: rules, folder: folder) {
        try await sandbox.waitForConnection(within: patience)
        let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab a secret")
        _ = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
        let other = try await sandbox.post(as: "bob", in: "dev", "lunch?")
        _ = try await sandbox.post(as: "bob", in: "dev", "!status now", root: other)
        _ = try await sandbox.nextPost(after: other, within: patience) { $0.author == "edgecrab" }
      }
    }
    var lines: [EventLine] = []
    try JournalFile(reading: folder.path("journal.sqlite")).forEachBatch { lines += $0.map(\.line) }
    return lines
  }

  @Test(.timeLimit(.minutes(1)))
  func `each decision is in the journal when the gateway has ended, with those of shadow rules`() async throws {
    let lines = try await recorded(text: false, try TemporaryFolder())
    #expect(lines.map(\.decided?.verdict.rule) == ["by name", nil, "rest"])
    #expect(lines.map(\.decided?.shadows) == [["secrets"], [], []])
    #expect(lines.map(\.decided?.verdict.command) == [nil, nil, "status"])
    #expect(lines.map(\.isTextKept) == [false, false, false])
    #expect(lines.map(\.event.text) == ["", "", ""])
    #expect(lines.map(\.event.body) == ["", "", "!status"])
    #expect(lines.map(\.event.user.name) == ["alice", "bob", "bob"])
    #expect(lines.allSatisfy { $0.event.user.id.rawValue != $0.event.user.name && $0.teamName == "acme" })
    #expect(lines.last?.event.thread.root != nil)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a recorded event with its text is decided the same again`() async throws {
    let lines = try await recorded(text: true, try TemporaryFolder())
    #expect(lines.map(\.event.text) == ["@edgecrab a secret", "lunch?", "!status now"])
    let loaded = RulesFile.load(text: Self.rules.replacing("TEXT", with: "true"), file: "f", environment: [:], now: 0)
    var replay = try Replay(try #require(loaded.rules))
    let again = try replay.decide(lines)
    #expect(again.map(\.?.verdict) == lines.map(\.decided?.verdict))
    #expect(again.map(\.?.shadows) == lines.map(\.decided?.shadows))
    #expect(Set(lines.map(\.decided?.rules)) == [replay.ruleSet.fingerprint])
  }

  @Test(.timeLimit(.minutes(1))) func `messages are answered if the journal cannot be written`() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("this is no database, whatever its name says", to: "journal.sqlite")
    try await withSandbox { sandbox in
      try await withGateway(on: sandbox.url, token: sandbox.botToken, folder: folder) {
        try await sandbox.waitForConnection(within: patience)
        let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
        let answer = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
        #expect(answer.message == "hello")
      }
    }
    #expect(throws: JournalError.self) { try JournalFile(reading: folder.path("journal.sqlite")) }
  }
}
