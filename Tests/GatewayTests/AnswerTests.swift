import Foundation
import Sandbox
import TestSupport
import Testing

@Suite struct AnswerTests {
  @Test func `a mention in a channel is answered there, and other posts are not`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "lunch?")
        let answer = try await setting.ask("@edgecrab, hello")
        #expect(answer.message == "hello")
        #expect(answer.rootID == nil)
        #expect(try await setting.said() == ["hello"])
      }
    }
  }

  @Test func `a question in a thread is answered in the thread`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        let root = try await setting.sandbox.post(as: "bob", in: "dev", "a root")
        let answer = try await setting.ask("@edgecrab in here", root: root)
        #expect(answer.rootID == root)
      }
    }
  }

  @Test func `a direct message needs no mention`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        let answer = try await setting.ask("hello", in: "@edgecrab")
        #expect(answer.message == "hello")
      }
    }
  }

  @Test func `an edit that adds a mention is answered, and further edits are not`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        let post = try await setting.sandbox.post(as: "alice", in: "dev", "what time is it?")
        try await setting.sandbox.edit(post, as: "alice", to: "@edgecrab what time is it?")
        let answer = try await setting.sandbox.nextPost { $0.author == "edgecrab" }
        #expect(answer.message == "what time is it?")
        try await setting.sandbox.edit(post, as: "alice", to: "@edgecrab what day is it?")
        #expect(try await setting.ask("@edgecrab last").message == "last")
        #expect(try await setting.said() == ["what time is it?", "last"])
      }
    }
  }

  @Test func `a rule with edited: true gets each edit, even if the post was answered`() async throws {
    let rules = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: edits, when: { trigger: mention, edited: true }, agent: echo, prompt: "edited: {{message}}" }
        - { name: all, when: { trigger: mention }, agent: echo }
      """
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab wrogn")
        _ = try await setting.sandbox.nextPost { $0.author == "edgecrab" && $0.message == "wrogn" }
        for text in ["wrong", "right"] {
          try await setting.sandbox.edit(post, as: "alice", to: "@edgecrab \(text)")
          _ = try await setting.sandbox.nextPost { $0.author == "edgecrab" && $0.message == "edited: \(text)" }
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a reply to a post of the bot is in a thread with the bot, also after a restart`() async throws {
    let rules = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: all, when: { trigger: [mention, thread] }, agent: echo }
      """
    try await Setting.with { setting in
      var said = ""
      try await setting.withGateway(rules: rules) {
        said = try await setting.ask("@edgecrab one").id
        let answer = try await setting.ask("two", root: said)
        #expect(answer.message == "two")
        #expect(answer.rootID == said)
      }
      try await setting.withGateway(rules: rules) {
        let answer = try await setting.ask("three", root: said)
        #expect(answer.message == "three")
      }
    }
  }

  @Test func `a post that is delivered again after a reconnect is answered once`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        try await setting.ask("@edgecrab one")
        try await setting.sandbox.dropConnections()
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab two")
        _ = try await setting.sandbox.nextPost { $0.author == "edgecrab" && $0.message == "two" }
        try await setting.ask("@edgecrab three")
        #expect(try await setting.said() == ["one", "two", "three"])
      }
    }
  }

  @Test func `a user without access is told so in direct messages only`() async throws {
    let rules = """
      version: 1
      access: { users: [alice], admin: alice, denied: "Sorry. Ask {{admin}}." }
      agents: { echo: { type: echo } }
      rules:
        - { name: all, when: { trigger: [mention, dm] }, agent: echo }
      """
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        #expect(try await setting.ask("hello", as: "mallory", in: "@edgecrab").message == "Sorry. Ask @alice.")
        _ = try await setting.sandbox.post(as: "mallory", in: "town-square", "@edgecrab hello")
        #expect(try await setting.ask("@edgecrab hi", in: "town-square").message == "hi")
        #expect(try await setting.said(in: "town-square") == ["hi"])
      }
    }
  }

  @Test func `a user who reaches a rule's limit is told so`() async throws {
    let rules = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: all, when: { trigger: mention }, agent: echo, limit: { per_user: 2/min } }
      """
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        for number in 1...2 {
          #expect(try await setting.ask("@edgecrab \(number)").message == "\(number)")
        }
        let refusal = try await setting.ask("@edgecrab 3")
        #expect(refusal.message.hasPrefix("That is more than the rules allow."))
        #expect(try await setting.ask("@edgecrab 4", as: "bob").message == "4")
      }
    }
  }

  @Test func `a rule can say, deny, mention the asker, open a thread, and wrap the message in a prompt`() async throws {
    let rules = """
      version: 1
      agents: { echo: { type: echo } }
      commands: { bind: { shout: { prompt: "{{args}}! ({{user}} in {{channel}})" }, rota: { say: "On call: {{user}}" } } }
      rules:
        - { name: say, when: { text: { equals: ping } }, say: "pong, {{user}}", reply: { to: thread } }
        - { name: deny, when: { text: { contains: secret } }, deny: "No." }
        - name: all
          when: { trigger: [mention, command] }
          agent: echo
          prompt: "<{{message}}>"
          reply: { mention_sender: true }
      """
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        let ping = try await setting.sandbox.post(as: "alice", in: "dev", "ping")
        let pong = try await setting.sandbox.nextPost(after: ping) { $0.author == "edgecrab" }
        #expect(pong.message == "pong, @alice")
        #expect(pong.rootID == ping)
        #expect(try await setting.ask("a secret").message == "No.")
        #expect(try await setting.ask("@edgecrab hi").message == "@alice <hi>")
        #expect(try await setting.ask("@edgecrab | a |\n| - |").message == "@alice\n\n<| a |\n| - |>")
        #expect(try await setting.ask("!shout hey you").message == "@alice hey you! (@alice in dev)")
        #expect(try await setting.ask("!rota").message == "@alice On call: @alice")
      }
    }
  }
}
