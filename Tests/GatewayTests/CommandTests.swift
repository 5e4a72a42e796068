import Agents
import Foundation
import Sandbox
import TestSupport
import Testing

@testable import Gateway

/// The built-in commands.
@Suite struct CommandTests {
  private static let commands = [
    ("help", "I know these commands"), ("new", "A new conversation begins"), ("reset", "A new conversation begins"),
    ("stop", "Nothing is running here."), ("retry", "There is nothing to retry"), ("status", "| Running | nothing |"),
    ("usage", "| This conversation | 0 | not reported | not reported |"), ("hooks", "No hooks are loaded."),
  ]

  @Test(arguments: ["/", " /", "!", "@edgecrab /"])
  func `each command works in each form, in channels and in direct messages`(form: String) async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        for (name, reply) in Self.commands {
          for channel in ["dev", "@edgecrab"] {
            let answer = try await setting.ask(form + name, in: channel)
            #expect(answer.message.contains(reply), "\(form)\(name) in \(channel): \(answer.message)")
          }
        }
      }
    }
  }

  @Test func `help shows the forms that Mattermost's own clients pass on`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        let help = try await setting.ask("!help").message
        for form in ["`!help`", "` /help`", "`@edgecrab /help`", "`!new`, `!reset`"] { #expect(help.contains(form)) }
      }
    }
  }

  @Test func `an unknown command gets a hint only if the bot is addressed`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        #expect(
          try await setting.ask("!stpo", in: "@edgecrab").message
            == "I do not know the command `stpo`. Did you mean `!stop`?")
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "!important: lunch")
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "!important lunch")
        #expect(try await setting.ask("@edgecrab hi").message == "hi")
        #expect(try await setting.said() == ["hi"])
      }
    }
  }

  @Test func `custom commands leave the built-in ones in place, and help does not mention a removed one`()
    async throws
  {
    func rules(_ bind: String) -> String {
      """
      version: 1
      agents: { echo: { type: echo } }
      commands: { bind: { rota: { say: "On call: bob" }\(bind) } }
      rules: [{ name: all, when: { trigger: [mention, dm, command] }, agent: echo }]
      """
    }
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules("")) {
        #expect(try await setting.ask("!stop").message == "Nothing is running here.")
        let help = try await setting.ask("!help").message
        for name in ["rota", "help", "new", "stop"] { #expect(help.contains("`!\(name)`")) }
        #expect(
          try await setting.ask("!xyzzy", in: "@edgecrab").message
            == "I do not know the command `xyzzy`. `!help` lists all commands.")
      }
    }
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(", help: false")) {
        let hint = try await setting.ask("!xyzzy", in: "@edgecrab").message
        #expect(hint == "I do not know the command `xyzzy`.")
      }
    }
  }

  @Test func `usage shows the cost if the agent has a price`() async throws {
    let endpoint = try ChatServer([
      .head(), .word("hi"), .event(#"{"usage":{"prompt_tokens":100000,"completion_tokens":8000}}"#), .finish, .done,
    ])
    let rules = chatRules(endpoint.url).replacing(
      "model: test", with: "model: test, price: { input: 3.00, output: 15 }")
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        #expect(try await !setting.ask("!usage").message.contains("Cost"))
        try await setting.ask("@edgecrab one")
        #expect(
          try await setting.ask("!usage").message == """
            | | Answers | Tokens in | Tokens out | Cost |
            | :-- | --: | --: | --: | --: |
            | This conversation | 1 | 100000 | 8000 | 0.42 USD |
            | Including earlier ones | 1 | 100000 | 8000 | 0.42 USD |

            Waiting: 0
            """)
      }
    }
  }

  @Test(arguments: [
    (0, "0 EUR"), (1, "0.000001 EUR"), (4_999, "0.004999 EUR"), (5_000, "0.01 EUR"),
    (1_234_567_890_000, "1,234,567.89 EUR"),
    (100_000, "0.10 EUR"),
  ])
  func `an amount has two decimals, or all of them if it would be zero`(millionths: Int, text: String) {
    #expect(CommandTexts.amount(Cost(millionths: millionths, currency: "EUR")) == text)
  }

  @Test func `retry asks the last message again, and usage and status describe the conversation`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        try await setting.ask("@edgecrab one")
        #expect(try await setting.ask("!retry").message == "one")
        let usage = try await setting.ask("!usage").message
        #expect(usage.contains("| This conversation | 2 |"), "\(usage)")
        let status = try await setting.ask("!status").message
        for line in [
          "| Waiting | 0 |", "| Rule | mentions and commands |", "| Agent | echo |",
          "| Conversation | shared by everyone in this channel, 1 exchange |", "| Connection | WebSocket |",
        ] {
          #expect(status.contains(line), "\(status)")
        }
      }
    }
  }

  @Test func `status shows the running answer with its asker and its age`() async throws {
    let endpoint = try ChatServer([.head(), .hold])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab what is `a|b`?")
        _ = try await endpoint.request()
        let status = try await setting.ask("!status").message
        #expect(status.contains(#/\| Running \| coder for alice, since \d+ s: `what is 'a\\\|b'\?` \|/#), "\(status)")
      }
    }
  }
}
