import Agents
import ConfigLoader
import Core
import Foundation
import Sandbox
import Sessions
import Synchronization
import TestSupport
import Testing

/// Deleting is a stop. What is deleted is not answered, and nothing is posted because of it.
@Suite(.timeLimit(.minutes(1))) struct DeletionTests {
  /// Whose conversation it is, and whether answers grow.
  struct Case: Sendable, CustomTestStringConvertible {
    let scope: String
    let streams: Bool
    var testDescription: String { "\(scope), stream: \(streams)" }
    /// The channel in which users of this conversation write.
    var place: String { scope == "user" ? "@edgecrab" : "dev" }

    static let all = ["channel", "thread", "user", "member"].flatMap { scope in
      [false, true].map { Case(scope: scope, streams: $0) }
    }
    static let inChannels = all.filter { $0.scope != "user" }
  }

  /// Rules with a slow agent at an endpoint, and one that answers everything else at once.
  private func rules(_ endpoint: ChatServer, _ test: Case, to place: String = "auto") -> String {
    let kind = test.scope == "user" ? "kind: direct, " : ""
    return """
      version: 1
      agents:
        slow: { type: openai, base_url: "\(endpoint.url)", model: test }
        echo: { type: echo }
      rules:
        - name: slow
          when: { \(kind)trigger: [mention, dm], text: slow }
          agent: slow
          session: \(test.scope)
          reply: { stream: \(test.streams), to: \(place), max_length: 200 }
        - { name: ping, when: { text: { equals: ping } }, say: pong }
        - { name: rest, when: { \(kind)trigger: [mention, dm] }, agent: echo, session: \(test.scope) }
      """
  }

  private let half: [ChatServer.Step] = [.head(), .word("half "), .hold]

  private func isShown(_ text: String, in setting: Setting) async throws -> SandboxPost {
    try await setting.sandbox.nextPost(within: patience) { $0.author == "edgecrab" && $0.message == text }
  }

  private func isSaid(_ texts: [String], in setting: Setting, _ place: String = "dev") async throws {
    try await wait(for: "the bot to say \(texts)") { try await setting.said(in: place) == texts }
  }

  @Test(arguments: Case.all)
  func `a deleted question is not answered, and the next message is`(test: Case) async throws {
    let endpoint = try ChatServer(half)
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: rules(endpoint, test), intervals: .earlyWaitNotice) {
        let root = test.scope == "thread" ? try await sandbox.post(as: "bob", in: "dev", "a thread") : nil
        func post(_ text: String) async throws -> String {
          try await sandbox.post(as: "alice", in: test.place, "@edgecrab \(text)", root: root)
        }
        let question = try await post("slow")
        _ = try await endpoint.request()
        if test.streams { _ = try await isShown("half", in: setting) }
        _ = try await post("two")
        let dropped = try await post("three")
        _ = try await sandbox.nextPost(within: patience) { $0.message.hasPrefix("I am busy") }
        try await sandbox.delete(dropped, as: "alice")
        try await sandbox.delete(question, as: "alice")
        #expect(try await endpoint.next() == .closedByClient)
        _ = try await isShown("two", in: setting)
        _ = try await post("last")
        _ = try await isShown("last", in: setting)
      }
      let said = try await setting.said(in: test.place).filter { !$0.hasPrefix("I am busy") }
      #expect(said == (test.streams ? ["half"] : []) + ["two", "last"])
    }
  }

  @Test(arguments: Case.inChannels)
  func `questions in a thread whose root is deleted are not answered, and their askers are told in direct messages`(
    test: Case
  )
    async throws
  {
    let endpoint = try ChatServer(half)
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: rules(endpoint, test), intervals: .earlyWaitNotice) {
        let root = try await sandbox.post(as: "bob", in: "dev", "a thread")
        _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab slow", root: root)
        _ = try await endpoint.request()
        if test.streams { _ = try await isShown("half", in: setting) }
        _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab two", root: root)
        _ = try await isShown(waitsNotice, in: setting)
        try await sandbox.delete(root, as: "bob")
        #expect(try await endpoint.next() == .closedByClient)
        let notice = "The thread in ~dev in which you asked me something was deleted, so I do not answer."
        try await isSaid([notice], in: setting, "@edgecrab")
        try await setting.ask("@edgecrab last")
      }
      #expect(try await setting.said() == ["last"])
    }
  }

  @Test(arguments: ["channel", "thread"])
  func `an answer whose post is deleted while it is streamed ends, and is not posted again`(place: String) async throws
  {
    let endpoint = try ChatServer(half)
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: rules(endpoint, Case(scope: "channel", streams: true), to: place)) {
        let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab slow")
        _ = try await endpoint.request()
        let begun = try await isShown("half", in: setting)
        try await sandbox.delete(begun.id, as: "admin")
        #expect(try await endpoint.next() == .closedByClient)
        try await setting.bears([], on: question)
        try await setting.ask("@edgecrab last")
      }
      #expect(try await setting.said() == ["last"])
    }
  }

  @Test func `a deleted post of an answer is recognized if the server only says that it cannot be edited`() async throws
  {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .word("half "), .wait(gate), .word("more"), .finish, .done])
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      // The event is lost: nothing comes by the event socket any more once the answer grows.
      try await setting.withGateway(rules: rules(endpoint, Case(scope: "channel", streams: true))) {
        _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab slow")
        let begun = try await isShown("half", in: setting)
        await sandbox.misbehave(.halfOpen)
        try await sandbox.delete(begun.id, as: "admin")
        gate.open()
        try await wait(for: "the turn to be over") {
          try await sandbox.posts(in: "dev").first?.reactions == []
        }
      }
      #expect(try await setting.said() == [])
    }
  }

  @Test func `after a deletion, further parts of the answer are not posted, and posted ones stay`() async throws {
    let isDown = Mutex(true)
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target == "POST /api/v4/posts" && before >= 1 && isDown.withLock { $0 } ? .answer("500 Oops") : .pass
      }
      let endpoint = try ChatServer([.head()])
      let sandbox = setting.sandbox
      try await setting.withGateway(through: relay, rules: rules(endpoint, Case(scope: "channel", streams: false))) {
        let parts = "ab".map { String(repeating: $0, count: 3_000) }
        let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab " + parts.joined(separator: "\n\n"))
        try await wait(for: "the second part to be tried") { relay.calls("POST /api/v4/posts").count >= 2 }
        let ping = try await sandbox.post(as: "bob", in: "dev", "ping")
        try await wait(for: "the saying to be tried") {
          relay.calls("POST /api/v4/posts").contains { $0.body.contains("pong") }
        }
        try await sandbox.delete(question, as: "alice")
        try await sandbox.delete(ping, as: "bob")
        try await wait(for: "the gateway to stop both answers") {
          try setting.recorded().count { $0.outcomes.contains { $0.outcome == .stopped(.deletion) } } == 2
        }
        isDown.withLock { $0 = false }
        try await setting.ask("@edgecrab last")
        #expect(try await setting.said() == [parts[0], "last"])
      }
      let store = try SQLiteStore(path: setting.storePath, logger: .silent)
      #expect(try await store.pendingReplies().isEmpty)
      #expect(try await store.pending().isEmpty)
    }
  }

  @Test(arguments: [false, true])
  func `a question deleted while no gateway runs is not answered by the next one`(streams: Bool) async throws {
    let isDown = Mutex(true)
    let endpoint = try ChatServer(half)
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let relay = try InterceptingProxy(before: sandbox.url) { call, _ in
        guard call.target == "POST /api/v4/posts", isDown.withLock({ $0 }) else { return .pass }
        return call.body.contains("complete") || call.body.contains("pong") ? .answer("500 Oops") : .pass
      }
      let rules = rules(endpoint, Case(scope: "thread", streams: streams))
      var posts: [String] = []
      try await setting.withGateway(through: relay, rules: rules, intervals: .earlyWaitNotice) {
        let root = try await sandbox.post(as: "bob", in: "dev", "a thread")
        posts.append(root)
        // A message in the thread that is being answered, one that waits, one whose answer is stored, and a text reply.
        _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab slow", root: root)
        _ = try await endpoint.request()
        if streams { _ = try await isShown("half", in: setting) }
        _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab waiting", root: root)
        _ = try await isShown(waitsNotice, in: setting)
        posts.append(try await sandbox.post(as: "alice", in: "dev", "@edgecrab complete"))
        posts.append(try await sandbox.post(as: "alice", in: "dev", "ping"))
        for word in ["complete", "pong"] {
          try await wait(for: "\(word) to be tried") {
            relay.calls("POST /api/v4/posts").contains { $0.body.contains(word) }
          }
        }
      }
      isDown.withLock { $0 = false }
      for post in posts { try await sandbox.delete(post, as: "admin") }
      try await setting.withGateway(through: relay, rules: rules) {
        try await setting.ask("@edgecrab last")
        _ = try await setting.ask("@edgecrab and last")
      }
      #expect(try await setting.said() == ["last", "and last"])
      let store = try SQLiteStore(path: setting.storePath, logger: .silent)
      #expect(try await store.pendingReplies().isEmpty)
      #expect(try await store.unfinished().isEmpty)
    }
  }

  @Test(arguments: ["channel", "thread"])
  func `an answer whose streamed post is deleted while no gateway runs is not posted again`(place: String) async throws
  {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .word("half "), .wait(gate), .word("more"), .finish, .done])
    try await Setting.with { setting in
      let rules = rules(endpoint, Case(scope: "channel", streams: true), to: place)
      var begun = ""
      try await setting.withGateway(rules: rules) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab slow")
        begun = try await isShown("half", in: setting).id
      }
      try await setting.sandbox.delete(begun, as: "admin")
      for _ in 0..<2 { gate.open() }
      try await setting.withGateway(rules: rules) { try await setting.ask("@edgecrab last") }
      #expect(try await setting.said() == ["last"])
    }
  }

  /// The part of an answered exchange that is deleted.
  enum Remembered: CaseIterable { case question, root, answer }

  @Test(arguments: Remembered.allCases, [false, true])
  func `an agent's memory has nothing of a deleted message, however long ago it was answered`(
    what: Remembered, isDown: Bool
  ) async throws {
    let endpoint = try ChatServer([.head(), .word("an answer"), .finish, .done])
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let root = try await sandbox.post(as: "bob", in: "dev", "a thread")
      var (question, answer) = ("", "")
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab remember seven", root: root)
        answer = try await sandbox.nextPost(after: question) { $0.author == "edgecrab" }.id
        try await setting.ask("@edgecrab remember eight")
        for _ in 1...2 { _ = try await endpoint.request() }
      }
      let gone = [Remembered.question: question, .root: root, .answer: answer][what] ?? ""
      if isDown { try await sandbox.delete(gone, as: "admin") }
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        if !isDown {
          // Once it listens.
          try await setting.ask("!status")
          try await sandbox.delete(gone, as: "admin")
        }
        try await setting.ask("@edgecrab what do you know?", as: "bob")
        let body = try await endpoint.request().body
        #expect(!body.contains("seven"))
        #expect(body.contains("eight"))
      }
    }
  }

  @Test func `an agent's memory has nothing of a message deleted longer ago than max_age, while no gateway ran`()
    async throws
  {
    let endpoint = try ChatServer([.head(), .word("an answer"), .finish, .done])
    try await Setting.with { setting in
      var question = ""
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab remember seven")
        _ = try await setting.sandbox.nextPost(after: question) { $0.author == "edgecrab" }
        _ = try await endpoint.request()
      }
      try await setting.sandbox.delete(question, as: "alice")
      setting.sandbox.advanceClock(by: .seconds(3_600))
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        try await setting.ask("!status")
        try await setting.ask("@edgecrab what do you know?")
        #expect(try await !endpoint.request().body.contains("seven"))
      }
    }
  }

  @Test func `an agent's memory has nothing of a deleted question that was retried`() async throws {
    let endpoint = try ChatServer([.head(), .word("an answer"), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab remember seven")
        _ = try await setting.sandbox.nextPost(after: question) { $0.author == "edgecrab" }
        try await setting.ask("!retry")
        try await setting.sandbox.delete(question, as: "alice")
        try await setting.ask("@edgecrab what do you know?")
        for _ in 1...2 { _ = try await endpoint.request() }
        #expect(try await !endpoint.request().body.contains("seven"))
      }
    }
  }
}
