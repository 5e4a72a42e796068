import ConfigLoader
import Core
import Foundation
import Gateway
import Sandbox
import TestSupport
import Testing

/// Changes of the rules file of a running gateway.
@Suite struct ReloadTests {
  @Test(.timeLimit(.minutes(1)))
  func `a changed file is in force at once, and a line says what is different`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox) { _ in
        #expect(try await sandbox.ask("@edgecrab hi") == "one")
        try rules.write(sayingRules("two"))
        #expect(try await rules.nextMessage() == "\(rules.path) is now in force: 1 rule changed")
        #expect(try await sandbox.ask("@edgecrab hi") == "two")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a file with errors is rejected with them, the old one stays in force, and the next valid one replaces it`()
    async throws
  {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox) { _ in
        try rules.write(sayingRules("two").replacing("say:", with: "sya:"))
        let refusal = try await rules.nextMessage()
        #expect(refusal.contains("\(rules.path):6:") && refusal.contains("[E0103]"), "\(refusal)")
        #expect(refusal.contains("is rejected; the rules of"))
        #expect(try await sandbox.ask("@edgecrab hi") == "one")
        let status = try await sandbox.ask("!status")
        #expect(status.contains("| Rules | rules.yaml, since 20"), "\(status)")
        #expect(
          status.contains("| Newest rules | rejected: line 6, unknown key …; did you mean …? [E0103] |"), "\(status)")
        try rules.write(sayingRules("three"))
        #expect(try await rules.nextMessage().contains("is now in force"))
        #expect(try await sandbox.ask("@edgecrab hi") == "three")
        #expect(try await !sandbox.ask("!status").contains("Newest rules"))
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a running turn ends under the old rules, and the next one asks the agent's new definition`()
    async throws
  {
    let gate = TestGate()
    let (old, new) = (
      try ChatServer([.head(), .wait(gate), .word("from the old one"), .finish, .done]),
      try ChatServer([.head(), .word("from the new one"), .finish, .done])
    )
    let rules = try LiveRules(chatRules(old.url))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox) { _ in
        let first = try await sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        _ = try await old.request()
        _ = try await sandbox.post(as: "bob", in: "dev", "@edgecrab two")
        try await wait(for: "two to wait") { try await sandbox.ask("!status").contains("| Waiting | 1 |") }
        // The new rules answer no mentions.
        try rules.write(chatRules(new.url).replacing("trigger: [mention, dm, command]", with: "trigger: dm"))
        #expect(try await rules.nextMessage().contains("agent `coder` changed"))
        gate.open()
        _ = try await sandbox.nextPost(after: first, within: patience) { $0.message == "from the old one" }
        #expect(try await new.request().body.contains("two"))
        _ = try await sandbox.nextPost(after: first, within: patience) { $0.message == "from the new one" }
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a message is answered under the rules that decided it`() async throws {
    let rules = try LiveRules(sayingRules("old"))
    let decided = AsyncQueue<Void>()
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    try await withSandbox { sandbox in
      try await rules.withGateway(
        on: sandbox,
        observe: { event, _ in
          guard event.author == .human else { return }
          decided(())
          for await _ in gate { return }
        }
      ) { _ in
        let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await decided.next("the message to be decided")
        // They have no rule at the place of the one that decided.
        try rules.write("version: 1\nrules: [{ name: none of it, when: { trigger: dm }, ignore: true }]\n")
        #expect(try await rules.nextMessage().contains("is now in force"))
        open.yield()
        let answer = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
        #expect(answer.message == "old")
        open.finish()
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `help lists the commands of the new rules`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox) { _ in
        #expect(try await !sandbox.ask("!help").contains("!rota"))
        try rules.write(sayingRules("one").replacing("help: {", with: "rota: { say: alice }, help: {"))
        #expect(try await rules.nextMessage().contains("command `rota` added"))
        #expect(try await sandbox.ask("!help").contains("!rota"))
        #expect(try await sandbox.ask("!rota") == "alice")
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `new names are resolved before the rules are in force`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox) { _ in
        try rules.write(
          sayingRules("for bob") + "\n  - { name: rest, when: { trigger: mention }, say: for others }\n")
        _ = try await rules.nextMessage()
        try rules.write(
          sayingRules("for alice").replacing("trigger: [mention, dm]", with: "trigger: mention, user: [alice, ghost]"))
        let message = try await rules.nextMessage()
        #expect(message.contains("the rules name @ghost"), "\(message)")
        #expect(try await sandbox.ask("@edgecrab hi") == "for alice")
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `an unchanged limit continues to count`() async throws {
    let limited = sayingRules("-").replacing("say: \"-\"", with: "agent: echo, limit: { per_user: 2/hour }")
    let rules = try LiveRules(limited)
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox) { _ in
        #expect(try await sandbox.ask("@edgecrab one") == "one")
        try rules.write(limited + "\n  - { name: rest, when: { trigger: mention }, ignore: true }\n")
        _ = try await rules.nextMessage()
        #expect(try await sandbox.ask("@edgecrab two") == "two")
        #expect(try await sandbox.ask("@edgecrab three").hasPrefix("That is more than the rules allow."))
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `the rules of a deleted file stay in force`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    let source = rules.source { () throws(RulesRejection) in
      guard FileManager.default.fileExists(atPath: rules.path) else {
        return try ValidatedRules(RulesFile.builtIn(environment: [:], now: 0))
      }
      return try rules.load()
    }
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox, source: source) { _ in
        #expect(unlink(rules.path) == 0)
        let message = try await rules.nextMessage()
        #expect(message.contains("\(rules.path) does not exist any more; restore it"))
        #expect(try await sandbox.ask("@edgecrab hi") == "one")
        #expect(
          try await sandbox.ask("!status").contains("| Newest rules | rejected: the file does not exist any more |"))
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `each request loads the rules and reports the result`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    let loads = AsyncQueue<Void>()
    let source = rules.source { () throws(RulesRejection) in
      loads(())
      throw RulesRejection("rules.yaml", unreadable: "MATTERMOST_URL is not set")
    }
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox, source: source) { _ in
        for _ in 0..<2 {
          rules.ask()
          try await loads.next("a load")
          #expect(try await rules.nextMessage().hasPrefix("MATTERMOST_URL is not set\nrules.yaml is rejected"))
        }
        #expect(try await sandbox.ask("!status").contains("the file or the environment cannot be read"))
      }
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `rules whose names cannot be resolved are rejected, and silently tried again`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    let sandbox = try await SandboxServer.start(logger: .silent)
    let port = try #require(URL(string: sandbox.url)?.port.flatMap(UInt16.init))
    try await rules.withGateway(on: sandbox) { _ in
      await sandbox.stop()
      try rules.write(sayingRules("two"))
      #expect(try await rules.nextMessage().contains("cannot be resolved; trying again"))
      let again = try await SandboxServer.start(port: port, botToken: sandbox.botToken, logger: .silent)
      #expect(try await rules.nextMessage().contains("is now in force"))
      await again.stop()
    }
  }

  @Test(.timeLimit(.minutes(1))) func `after a burst of changes the newest rules are in force`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox) { _ in
        for number in 2...40 { try rules.write(sayingRules("\(number)")) }
        try await wait(for: "the newest rules") { try await sandbox.ask("@edgecrab hi") == "40" }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a file that is too large is rejected with the diagnostic of rules check`()
    async throws
  {
    let rules = try LiveRules(sayingRules("one"))
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox) { _ in
        try rules.write(sayingRules("two") + "\n" + String(repeating: "# filler\n", count: 1 << 20))
        let message = try await rules.nextMessage()
        #expect(message.contains("the file is larger than the limit of 8 MiB [E0101]"), "\(message)")
        #expect(try await sandbox.ask("@edgecrab hi") == "one")
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a copy of valid rules is stored, and none of rules with errors`() async throws {
    let rules = try LiveRules(sayingRules("one"))
    func kept() throws -> String {
      try String(contentsOfFile: rules.folder.path("rules.last-good.yaml"), encoding: .utf8)
    }
    try await withSandbox { sandbox in
      try await rules.withGateway(on: sandbox) { _ in
        #expect(try kept().hasSuffix(sayingRules("one")))
        try rules.write(sayingRules("two"))
        _ = try await rules.nextMessage()
        #expect(try kept().hasSuffix(sayingRules("two")))
        try rules.write("version: 1\nrules: 7\n")
        _ = try await rules.nextMessage()
        #expect(try kept().hasSuffix(sayingRules("two")))
      }
    }
  }
}
