import Gateway
import Sandbox
import TestSupport
import Testing

/// Whatever the server and the network do: as many answers as posts, and none twice.
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
  func `what is asked before a fault, while it lasts and after it is answered once`(fault: Fault) async throws {
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

  /// Asks before the faults, while they last and after them, and expects that each is answered, and once.
  ///
  /// - Parameters:
  ///   - more: what else is asked, by `meanwhile`.
  ///   - meanwhile: what happens once the faults are there.
  func expectAnswers(
    despite faults: [Fault], rhythm: Intervals = Intervals(), and more: [String] = [],
    meanwhile: () async throws -> Void = {}
  ) async throws {
    let questions = (1...3).map { "while it lasts \($0)" }
    try await withGateway(rules: Self.rules, pingInterval: .milliseconds(500), rhythm: rhythm) {
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
