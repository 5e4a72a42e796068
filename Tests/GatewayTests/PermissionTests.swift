import Agents
import ConfigLoader
import Core
import Foundation
import Sandbox
import Sessions
import TestSupport
import Testing

@testable import Gateway

/// Permission requests of an agent, here one that is built on the protocol's own SDK.
@Suite(
  .enabled(if: ACPProgram.isAvailable, "scripts/install-acp-sdk.sh could not install the SDK"), .timeLimit(.minutes(2)))
struct PermissionTests {
  func rules(_ more: String = "", busy: String = "queue") -> String {
    let words = ACPProgram.command.map { "\"\($0)\"" }.joined(separator: ", ")
    let variables = ACPProgram.environment.sorted { $0.key < $1.key }.map { "\($0.key): \"\($0.value)\"" }
    return """
      version: 1
      agents:
        coder: { type: acp, command: [\(words)], env: { \(variables.joined(separator: ", ")) }\(more) }
      rules:
        - name: everything
          when: { trigger: [mention, dm, command] }
          agent: coder
          session: channel
          busy: \(busy)
          reply: { stream: true }
      """
  }

  /// Returns the agent's permission request, once it can be answered: then it has the emoji to choose from.
  func question(_ setting: Setting, after earlier: String? = nil) async throws -> SandboxPost {
    let question = try await setting.sandbox.nextPost(after: earlier, within: patience) {
      $0.author == "edgecrab" && $0.message.contains("asks for permission")
    }
    try await wait(for: "the emoji to choose from") {
      try await setting.sandbox.posts(in: "dev").filter { $0.id == question.id }.allSatisfy {
        $0.reactions.count == $0.message.answers
      }
    }
    return question
  }

  func says(_ text: String, in setting: Setting) async throws {
    try await wait(for: "the agent to say `\(text)`") {
      // The activity is below the text.
      try await setting.said().contains { $0 == text || $0.hasPrefix("\(text)\n\n(1 step: ") }
    }
  }

  func ends(_ post: SandboxPost, with text: String, in setting: Setting) async throws {
    try await wait(for: "the question to end with `\(text)`") {
      try await setting.sandbox.posts(in: "dev").first { $0.id == post.id }?.message.hasSuffix(text) == true
    }
  }

  @Test func `a permission request is posted in the asker's thread, and only the asker answers it, by number`()
    async throws
  {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules()) {
        let asked = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit rm -rf @all `x`")
        let question = try await question(setting)
        #expect(question.rootID == asked)
        #expect(
          question.message == """
            @alice, the agent `coder` asks for permission to do this: `rm -rf @all 'x'`

            ```
            {
              "command": "rm -rf @all `x`"
            }
            ```

            1. **No, this time**: Reject
            2. **Yes, this time**: Allow once

            Answer in this thread with a number, or with an emoji on this post, within 5 minutes. No answer means no.
            """)
        try await setting.bears(["one", "two"], on: question.id)
        // Neither another user, nor another place, nor what is no answer.
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "1", root: asked)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "1")
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "3", root: asked)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "2.", root: asked)
        try await says("once", in: setting)
        try await ends(question, with: "**Answered by alice: Allow once**", in: setting)
      }
    }
  }

  @Test func `a permission request is answered by words and by a reaction, by a listed approver too`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(", approvers: [bob]")) {
        let first = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit a")
        _ = try await question(setting)
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "Yes!", root: first)
        try await says("once", in: setting)
        let second = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit b")
        let asked = try await question(setting, after: second)
        try await setting.sandbox.react(to: asked.id, as: "mallory", with: "two")
        try await setting.sandbox.react(to: asked.id, as: "alice", with: "-1")
        try await says("no", in: setting)
        try await ends(asked, with: "**Answered by alice: Reject**", in: setting)
      }
    }
  }

  @Test func `a permission request ends when the message is deleted that the agent answers`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules()) {
        let asked = try await setting.sandbox.post(as: "alice", in: "dev", "a thread")
        let message = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit a", root: asked)
        let question = try await question(setting)
        try await setting.sandbox.delete(message, as: "alice")
        try await ends(question, with: "**The request was withdrawn.**", in: setting)
        // The line of the agent's activity may have been posted before.
        #expect(try await setting.said().count { !$0.hasPrefix("… ") } == 1)
      }
    }
  }

  @Test func `the bot's own emoji answers nothing, even if everyone may`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(", approvers: '*'")) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit a")
        let question = try await question(setting)
        try await setting.sandbox.react(to: question.id, as: "bob", with: "one")
        try await says("no", in: setting)
      }
    }
  }

  @Test func `only people whom access admits answer, by emoji or number, if everyone may approve`() async throws {
    try await Setting.with { setting in
      let rules = rules(", approvers: '*'").replacing("agents:", with: "access: { users: [alice, bob] }\nagents:")
      try await setting.withGateway(rules: rules) {
        let asked = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit a")
        let question = try await question(setting)
        try await setting.sandbox.react(to: question.id, as: "otherbot", with: "one")
        try await setting.sandbox.react(to: question.id, as: "mallory", with: "one")
        _ = try await setting.sandbox.post(as: "mallory", in: "dev", "1", root: asked)
        _ = try await setting.sandbox.post(as: "otherbot", in: "dev", "1", root: asked)
        try await setting.sandbox.react(to: question.id, as: "bob", with: "two")
        try await ends(question, with: "**Answered by bob: Allow once**", in: setting)
        try await says("once", in: setting)
        // Mallory's and the bot's posts were decided by the rules, like any other message.
        try await wait(for: "the journal") {
          try setting.recorded().count { ["mallory", "otherbot"].contains($0.event.user.name) } == 2
        }
      }
    }
  }

  @Test func `a permission request shows its invisible characters`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules()) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit rm \u{202E}x\u{200B}\u{2060}y")
        let question = try await question(setting)
        #expect(question.message.contains("`rm ⟨U+202E⟩x⟨U+200B⟩⟨U+2060⟩y`"), "\(question.message)")
        #expect(question.message.contains(#""command": "rm ⟨U+202E⟩x⟨U+200B⟩⟨U+2060⟩y""#), "\(question.message)")
      }
    }
  }

  @Test func `a message written before the permission request answers nothing`() async throws {
    let requests = PermissionRequests()
    let number = requests.announce(
      PermissionRequests.Prompt(
        request: PermissionRequest(agent: "a", title: "t", options: [.init(name: "Yes", kind: .allowOnce)]),
        session: .channel("c"), channel: "c", root: "r", asker: "alice", rights: { $0 == "u" ? .once : .nothing }))
    var event = Event(
      post: "p", channel: .init(id: "c", name: "c", kind: .public), user: .init(id: "u", name: "alice"),
      text: "1", botName: "edgecrab", milliseconds: 11)
    event.thread = .reply(root: "r", joined: true)
    #expect(requests.isBeingPosted(forAnswer: event) && requests.reading(of: event) == nil)
    async let answer = requests.answer(to: number, at: PermissionRequests.Posted(post: "q", milliseconds: 10))
    try await wait(for: "the question to be open") { requests.reading(of: event) != nil }
    #expect(!requests.isBeingPosted(forAnswer: event))
    var early = event
    early.milliseconds = 10
    var elsewhere = event
    elsewhere.thread = .root
    var other = event
    other.user.id = "v"
    for event in [early, elsewhere] { #expect(requests.reading(of: event) == nil) }
    #expect(requests.reading(of: other) == .forbidden(request: number, isPermanent: false))
    #expect(requests.reading(of: event) == .answer(request: number, position: 0))
    let choice = PermissionRequests.Choice(position: 0, user: "alice")
    #expect(requests.answer(number, choice) && !requests.answer(number, choice))
    #expect(await answer == choice)
  }

  @Test func `users who may not answer delay nothing, are told once each, and may write the name of an answer`()
    async throws
  {
    let requests = PermissionRequests()
    let number = requests.announce(
      PermissionRequests.Prompt(
        request: PermissionRequest(agent: "a", title: "t", options: [.init(name: "Continue", kind: .allowOnce)]),
        session: .channel("c"), channel: "c", root: "r", asker: "alice", rights: { $0 == "u" ? .once : .nothing }))
    func event(_ text: String, by user: UserID, mention: Mention = .none) -> Event {
      Event(
        post: "p", channel: .init(id: "c", name: "c", kind: .public), user: .init(id: user, name: user.rawValue),
        mention: mention, thread: .reply(root: "r", joined: true), text: text, botName: "edgecrab", milliseconds: 11)
    }
    #expect(
      requests.isBeingPosted(forAnswer: event("1", by: "u")) && !requests.isBeingPosted(forAnswer: event("1", by: "v")))
    async let answer = requests.answer(to: number, at: PermissionRequests.Posted(post: "q", milliseconds: 10))
    try await wait(for: "the question to be open") { requests.reading(of: event("1", by: "u")) != nil }
    for text in ["1", "ok", ":+1:"] {
      #expect(requests.reading(of: event(text, by: "v")) == .forbidden(request: number, isPermanent: false))
    }
    #expect(requests.reading(of: event("continue", by: "v")) == nil)
    #expect(requests.reading(of: event("@edgecrab 1", by: "v", mention: .direct)) == nil)
    #expect(requests.reading(of: event("continue", by: "u")) == .answer(request: number, position: 0))
    #expect(
      requests.reading(of: event("@edgecrab 1", by: "u", mention: .direct)) == .answer(request: number, position: 0))
    for name in ["v", "w"] {
      #expect(requests.notice(about: number, isPermanent: false, to: name) != nil)
      #expect(requests.notice(about: number, isPermanent: false, to: name) == nil)
    }
    let told = (0..<30).count { requests.notice(about: number, isPermanent: false, to: "x\($0)") != nil }
    #expect(told == 18)
    #expect(requests.answer(number, PermissionRequests.Choice(position: 0, user: "alice")))
    _ = await answer
  }

  @Test func `a permission request is posted in the asker's thread if answers go to the channel`() async throws {
    try await Setting.with { setting in
      let rules = rules().replacing("reply: { stream: true }", with: "reply: { to: channel }")
      try await setting.withGateway(rules: rules) {
        let root = try await setting.sandbox.post(as: "bob", in: "dev", "look")
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit a", root: root)
        #expect(try await question(setting).rootID == root)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "2", root: root)
        try await says("once", in: setting)
      }
    }
  }

  @Test func `no answer to a permission request is a no`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(", approve_within: 1s")) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit a")
        let question = try await question(setting)
        try await says("no", in: setting)
        try await ends(question, with: "**No answer within 1 second, which means no.**", in: setting)
      }
    }
  }

  @Test func `a stop withdraws the permission request, and a later answer is an ordinary message`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules()) {
        let asked = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit a")
        let question = try await question(setting)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "!stop", root: asked)
        try await says("Stopped the answer to alice.", in: setting)
        try await ends(question, with: "**The request was withdrawn.**", in: setting)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "2", root: asked)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab say still here")
        try await says("still here", in: setting)
        #expect(try await !setting.said().contains { $0.hasPrefix("once") })
      }
    }
  }

  @Test func `in a direct message a permission request is answered outside of its thread too, and no agent is asked`()
    async throws
  {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules()) {
        _ = try await setting.sandbox.post(as: "alice", in: "@edgecrab", "permit a")
        _ = try await question(setting)
        _ = try await setting.sandbox.post(as: "alice", in: "@edgecrab", "2")
        try await wait(for: "the agent to go on") {
          try await setting.said(in: "@edgecrab").contains("once\n\n(1 step: 1 not finished)")
        }
        let answer = try await setting.ask("heard at last", in: "@edgecrab")
        #expect(answer.message == "alice: permit a | alice: heard at last")
      }
      // The answer is no message for the next gateway either.
      try await setting.withGateway(rules: rules()) {
        let answer = try await setting.ask("say again", in: "@edgecrab")
        #expect(answer.message == "again")
      }
    }
  }

  @Test func `with steer, a message is told to the agent that is answering`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(busy: "steer")) {
        let first = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab wait")
        try await says("I wait.", in: setting)
        let more = try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab heard more")
        try await wait(for: "an answer") {
          try await setting.said() == ["I wait.\n\nalice: wait | bob: heard more"]
        }
        try await setting.bears([], on: more)
        try await wait(for: "what came of both") {
          try setting.recorded().map { $0.outcomes.map(\.outcome) } == [
            [.answered(agent: "coder", posts: 1)], [.joined(agent: "coder", post: first)],
          ]
        }
      }
    }
  }
}

extension String {
  /// The number of answers that a request offers.
  fileprivate var answers: Int { split(separator: "\n").count { $0.wholeMatch(of: /[1-9]\. \*\*.*/) != nil } }
}
