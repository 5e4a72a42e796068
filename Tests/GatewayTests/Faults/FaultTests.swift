import Gateway
import Sandbox
import TestSupport
import Testing

/// Single faults of the server and the network: each post is answered once.
@Suite struct FaultTests {
  private static let ofTheSocket: [Fault] =
    [
      .drop, .halfOpen, .frames(.doubled, count: 3), .frames(.swapped, count: 1), .hugeFrame(bytes: 10_000_000),
    ] + [1000, 1001, 1008, 1011, 1012].map { .close($0) }

  private static let ofCalls: [Fault] =
    [CallFault.throttled, .failing, .slow(.milliseconds(300)), .page(status: 502), .unanswered].map {
      .calls($0, count: 3)
    }

  @Test(.timeLimit(.minutes(1)), arguments: ofTheSocket + ofCalls)
  func `messages before, during and after a fault are answered once`(fault: Fault) async throws {
    try await Setting.with { try await $0.expectAnswers(despite: [fault]) }
  }
}

extension Setting {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: all, when: { trigger: [mention, dm] }, agent: echo, session: thread }
    """

  /// Posts messages before, during and after faults, and expects one answer to each.
  ///
  /// - Parameters:
  ///   - more: The messages that `meanwhile` posts.
  ///   - meanwhile: Called while the faults last.
  func expectAnswers(
    despite faults: [Fault], intervals: Intervals = .prompt, and more: [String] = [],
    meanwhile: () async throws -> Void = {}
  ) async throws {
    let questions = (1...3).map { "while it lasts \($0)" }
    try await withGateway(rules: Self.rules, pingInterval: .milliseconds(500), intervals: intervals) {
      try await ask("@edgecrab before")
      for fault in faults { await sandbox.misbehave(fault) }
      for question in questions { try await sandbox.post(as: "alice", in: "dev", "@edgecrab \(question)") }
      try await meanwhile()
      for question in questions + more { try await hasSaid(question, times: 1) }
      try await ask("@edgecrab after")
    }
    #expect(try await said().sorted() == (["after", "before"] + questions + more).sorted())
  }
}
