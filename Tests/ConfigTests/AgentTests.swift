import ConfigLoader
import RuleEngine
import TestSupport
import Testing

@Suite struct AgentTests {
  /// What each type needs, beside the keys that are tried.
  private static let types: [(type: String, needs: String, defaults: AgentLimits)] = [
    ("openai", "base_url: 'http://x/v1', model: m", .model), ("anthropic", "model: m", .model),
    ("exec", "command: [cat]", .program), ("acp", "command: [cat]", .worker),
  ]

  private static func file(_ type: String, _ keys: String...) -> String {
    "version: 1\nrules: []\nagents: { a: { type: \(type), \(keys.joined(separator: ", ")) } }"
  }

  private static func openai(_ keys: String) -> String { file("openai", types[0].needs, keys) }

  private func settings(_ keys: String, _ environment: [String: String] = [:]) throws -> ChatSettings {
    let agent = try #require(try rules(Self.openai(keys), environment).agents.first)
    guard case .openai(let settings) = agent.kind else { throw TestFailure("no openai agent: \(agent.kind)") }
    return settings
  }

  @Test func `each type has limits of its own where the file says nothing`() throws {
    for (type, needs, defaults) in Self.types {
      #expect(try rules(Self.file(type, needs)).agents.first?.limits == defaults)
    }
    #expect(AgentLimits.model.firstByteSeconds == 120 && AgentLimits.model.idleSeconds == 180)
    #expect(AgentLimits.worker.timeoutSeconds == 3_600)
    #expect(AgentLimits.program.firstByteSeconds == nil && AgentLimits.program.idleSeconds == nil)
    #expect(try settings("system: x").retries == 2)
  }

  @Test func `limits are what the file says`() throws {
    let keys = "timeout: 1h, first_byte: 10s, idle: 1m, concurrency: 3, history: 0"
    let limits = AgentLimits(
      firstByteSeconds: 10, idleSeconds: 60, timeoutSeconds: 3_600, concurrency: 3, historyTokens: 0)
    for (type, needs, _) in Self.types {
      #expect(try rules(Self.file(type, needs, keys)).agents.first?.limits == limits)
    }
    #expect(try settings("retries: 0").retries == 0)
  }

  @Test(arguments: ["concurrency: 0", "concurrency: 1001", "history: -1", "history: 1000001", "retries: 6"])
  func `a number beyond its range is refused`(key: String) {
    #expect(load(Self.openai(key)).diagnostics.map(\.code) == [.outOfRange])
  }

  @Test func `limits that differ are told by their keys`() throws {
    let old = try rules(Self.openai("timeout: 1m, concurrency: 2"))
    let new = try rules(Self.openai("first_byte: 30s, history: 5, retries: 1"))
    #expect(
      RuleSetDifference(from: old, to: new).sentences == [
        "agent `a` changes:", "    `retries` is `1`, was `2`", "    `timeout` is `15m`, was `1m`",
        "    `first_byte` is `30s`, was `2m`", "    `concurrency` is not there any more, was `2`",
        "    `history` is `5`, was `16000`",
      ])
  }
}
