import ConfigLoader
import Core
import Foundation
import RuleEngine
import TestSupport
import Testing

/// Recordings of a real server, from the socket to the posted answers.
@Suite struct ReplayTests {
  /// The expectation for a step of the recording: for each post, the rule or the reason why none matches, and what is
  /// sent.
  struct Step: Equatable, CustomStringConvertible {
    var name: String
    var decided: [String] = []
    var sent: [String] = []
    var root = ""

    var description: String { "\(name): decided \(decided), sent \(sent)" + (root.isEmpty ? "" : " in \(root)") }
  }

  private static let steps = [
    Step(name: "mention in an open channel", decided: ["mentions and commands"], sent: ["explain this PR"]),
    Step(name: "plain message in an open channel", decided: ["no-rule"]),
    Step(
      name: "mention in the middle, upper case, punctuation", decided: ["mentions and commands"],
      sent: ["hey @EdgeCrab, can you (please) help?"]),
    Step(name: "mention-like word that is no mention", decided: ["no-rule"]),
    Step(name: "mention inside a code block", decided: ["no-rule"]),
    Step(name: "@all", decided: ["no-rule"]),
    Step(name: "@channel", decided: ["no-rule"]),
    Step(name: "@here", decided: ["no-rule"]),
    Step(name: "private channel mention", decided: ["mentions and commands"], sent: ["status?"]),
    Step(name: "direct message", decided: ["direct messages"], sent: ["hello bot"]),
    Step(name: "direct message slash text", decided: ["direct messages"], sent: ["| | |"]),
    Step(name: "group message", decided: ["no-rule"]),
    Step(name: "group message mention", decided: ["mentions and commands"], sent: ["hi"]),
    Step(
      name: "thread root and reply", decided: ["no-rule", "mentions and commands"], sent: ["summarize"],
      root: "h4shtw19migwfc9k7hpnypsnyr"),
    Step(name: "the bot posts in the thread itself", decided: ["own"]),
    Step(name: "reply in the thread without a mention", decided: ["no-rule"]),
    Step(name: "another bot posts", decided: ["no-rule"]),
    Step(name: "incoming webhook posts", decided: ["no-rule"]),
    Step(
      name: "message with a file", decided: ["mentions and commands"],
      sent: ["read this\n\n[File: report.txt (text/plain, 7 bytes)]"]),
    Step(
      name: "file only, no text", decided: ["direct messages"],
      sent: ["[File: photo.png (invalid-image/png, 67 bytes)]"]),
    Step(name: "unicode and emoji", decided: ["direct messages"], sent: ["héllo 👋🏽 世界 \u{202e}x"]),
    Step(
      name: "long message of 16383", decided: ["direct messages"],
      sent: Array(repeating: String(repeating: "y", count: 4_000), count: 4) + [String(repeating: "y", count: 383)]),
    Step(name: "edit", decided: ["no-rule"]),
    Step(name: "reaction"),
    Step(name: "delete"),
    Step(name: "typing"),
    Step(name: "bot added to a channel", decided: ["system"]),
    Step(name: "bot removed from a channel"),
    Step(name: "channel renamed", decided: ["system"]),
    Step(name: "message from a user renamed later", decided: ["direct messages"], sent: ["let me in"]),
  ]

  @Test(.timeLimit(.minutes(1))) func `each recorded step is decided and answered as expected`() async throws {
    let frames = try Recording.frames("events")
    let server = try await RecordedServer.start(socket: .plays(frames.map(\.text)))
    let rules = try #require(RulesFile.builtIn(environment: [:], now: 0).rules)
    let decisions = Decisions()
    let expectedPosts = Self.steps.map(\.sent.count).reduce(0, +)
    let expectedDecisions = Self.steps.map(\.decided.count).reduce(0, +)
    let observe: @Sendable (Event, Decision) async -> Void = { await decisions.note($0, $1) }
    try await withGateway(on: server.address, folder: try TemporaryFolder(), observe: observe) {
      try await wait(for: "\(expectedDecisions) decisions") { await decisions.all.count >= expectedDecisions }
      try await wait(for: "\(expectedPosts) posts") { await server.sent.count >= expectedPosts }
    }
    // All frames come at once here, so whether a message waits long enough for a notice depends on the machine.
    let sent = await server.sent.filter { !$0.pendingID.contains("-place-") }
    await server.stop()

    var left = await decisions.all
    var answered: Set<PostID> = []
    for step in Self.steps {
      var found = Step(name: step.name)
      for _ in step.decided where !left.isEmpty {
        let (post, decision) = left.removeFirst()
        found.decided.append(decision.rule.map { rules.rules[$0].name } ?? decision.silence)
        // An edit has the id of the post that was answered before it.
        guard answered.insert(post).inserted else { continue }
        // The parts of one answer are in order; answers in different channels need not be.
        let answers = sent.filter { $0.pendingID.hasPrefix("firyn95uoiyi8jyuyf789887ja:\(post)-") }
        found.sent += answers.map { $0.message.hasPrefix("| | |") ? "| | |" : $0.message }
        found.root = answers.first?.root ?? found.root
      }
      #expect(found == step)
    }
    #expect(left.isEmpty, "nothing else was decided")
    #expect(sent.count == expectedPosts, "nothing else was sent")
  }

  private actor Decisions {
    var all: [(PostID, Decision)] = []
    func note(_ event: Event, _ decision: Decision) { all.append((event.post, decision)) }
  }
}

extension Decision {
  fileprivate var silence: String {
    if case .silent(let why) = outcome { why.rawValue } else { "an outcome without a rule" }
  }
}
