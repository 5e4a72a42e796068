import Foundation
import Sandbox
import TestSupport
import Testing

@Suite struct RulesExplainTests {
  private let folder: TemporaryFolder
  private let rules: String

  init() throws {
    folder = try TemporaryFolder()
    rules = try folder.write(
      """
      version: 1
      access: { users: [alice, bob] }
      agents: { echo: { type: echo } }
      commands: { bind: { stop: { action: stop, users: alice } } }
      rules:
        - { name: trial, when: { channel: dev }, agent: echo, mode: shadow }
        - name: desk
          when: { channel: [ops, dev], trigger: [mention, command], not: { user: bob } }
          agent: echo
          session: thread
        - { name: private, when: { trigger: dm }, agent: echo, session: user }
      """, to: "rules.yaml")
  }

  private func explain(_ arguments: [String], environment: [String: String] = [:]) async throws -> EdgecrabProcess.Ended
  {
    try await EdgecrabProcess(
      ["rules", "explain", "--rules", rules] + arguments, environment: environment
    ).ended()
  }

  @Test func `an ignored message is explained by each rule's expectation and diagnostic, and the nearest miss`()
    async throws
  {
    let ended = try await explain(["--user", "alice", "--channel", "dev", "--text", "hello", "--at", "0"])
    #expect(ended.status == 0 && ended.errors == "")
    // The length of the folder varies, so a location is after its rule or below it.
    let output = ended.output.replacing("\n    \(rules)", with: "  \(rules)").replacing(rules, with: "RULES")
    #expect(
      output.hasPrefix(
        """
        @alice in ~dev (public), at 1970-01-01 00:00 UTC
          hello

        ~ trial  RULES:6
            matches, and would decide if it were not in mode shadow
        ✗ desk  RULES:7
            trigger: expected mention or command, found a plain message
        ✗ private  RULES:11
            trigger: expected dm, found a plain message

        No rule matches: the bot stays silent.
        """), "\(output)")
    let sentences = ended.output.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    #expect(sentences.contains("Nearest miss: it would be answered if it mentioned the bot (rule `desk`,"))
    #expect(sentences.contains("Or as a direct message (rule `private`,"))
  }

  @Test func `the explanation of a deciding rule has its action`() async throws {
    let ended = try await explain([
      "--user", "alice", "--channel", "ops", "--text", "@edgecrab !stop", "--thread", "reply",
    ])
    #expect(ended.output.contains("✓ desk"))
    for line in [
      "agent: echo", "command: stop, for @alice", "session: thread", "busy: queue, at most 100 waiting",
      "reply: auto, 4,000 characters a post",
    ] { #expect(ended.output.contains("\n    \(line)\n"), "\(ended.output)") }
    #expect(ended.output.contains("The command `stop` runs, by the rule `desk`"))
    #expect(!ended.output.contains("private"))
  }

  @Test func `conditions under not are explained, and output to a file has no colours`() async throws {
    let ended = try await explain(["--user", "bob", "--channel", "ops", "--mention", "direct"])
    #expect(ended.output.contains("\n    not: this must not hold\n      user: expected not bob, found bob\n"))
    #expect(!ended.output.contains("\u{1B}"))
  }

  @Test func `the JSON explanation has the same content, for each line of an event file`() async throws {
    let events = try folder.write(
      #"{"user": "alice", "channel": "dev", "text": "hello"}"# + "\n\n" + #"{"user": "mallory", "kind": "direct"}"#
        + "\n",
      to: "events.jsonl")
    let ended = try await explain([events, "--format", "json"])
    let objects = try ended.output.replacing("\n}\n{", with: "\n}\u{0}{").split(separator: "\u{0}").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == 2)
    let tried = try #require(objects[0]["tried"] as? [[String: Any]])
    #expect(tried.map { $0["verdict"] as? String } == ["would-decide", "fails", "fails"])
    let failed = try #require(tried[1]["failed"] as? [String: Any])
    #expect(failed["expected"] as? [String] == ["mention", "command"])
    #expect(tried[1]["line"] as? Int == 7)
    let nearest = try #require(objects[0]["nearest"] as? [[String: Any]])
    #expect(nearest.first?["changes"] as? [String] == ["if it mentioned the bot"])
    #expect((objects[1]["decision"] as? [String: Any])?["why"] as? String == "no-access")
  }

  @Test func `the event of a nearest miss in JSON matches when it is explained`() async throws {
    let posts = [
      #"{"user": "alice", "channel": "dev", "text": "hello"}"#,
      #"{"user": "alice", "kind": "direct", "text": "lunch", "thread": "reply", "author": "bot"}"#,
      #"{"user": "alice", "channel": "lounge", "team": "acme", "mention": "direct"}"#,
    ]
    for post in posts {
      let silent = try await json(of: post)
      #expect((silent["decision"] as? [String: Any])?["session"] is NSNull)
      let nearest = try #require(silent["nearest"] as? [[String: Any]])
      #expect(!nearest.isEmpty)
      for miss in nearest {
        let event = try JSONSerialization.data(withJSONObject: try #require(miss["event"]))
        let decision = try await json(of: String(decoding: event, as: UTF8.self))["decision"] as? [String: Any]
        let expected = try #require(miss["decision"] as? [String: Any])
        #expect(decision?["rule"] as? String == expected["rule"] as? String)
        #expect(decision?["session"] is String && decision?["session_name"] is NSNull)
      }
    }
  }

  private func json(of post: String) async throws -> [String: Any] {
    let ended = try await EdgecrabProcess(
      ["rules", "explain", "--rules", rules, "-", "--format", "json"], input: post + "\n"
    ).ended()
    #expect(ended.status == 0, "\(ended.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
  }

  @Test(arguments: [
    (["--text", "hi", "--kind", "secret"], "`kind` cannot be `secret`"),
    (["--text", "hi", "--at", "99999999999999999"], "`99999999999999999` is not a date and time"),
    (["/nonexistent.jsonl"], "there is no event file `/nonexistent.jsonl`"),
    (["--online", "nonsense"], "`nonsense` is neither a post ID nor a permalink"),
  ])
  func `unreadable input exits with 2 and an explanation`(arguments: [String], said: String) async throws {
    let ended = try await explain(arguments)
    #expect(ended.status == 2)
    #expect(ended.errors.contains(said), "\(ended.errors)")
  }

  @Test func `a post on the server is explained as the gateway would decide it`() async throws {
    try await withSandbox { sandbox in
      let environment = ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken]
      let chat = try await sandbox.post(as: "alice", in: "ops", "@edgecrab why?")
      let answered = try await explain(["--online", "\(sandbox.url)/acme/pl/\(chat)"], environment: environment)
      #expect(answered.status == 0, "\(answered.errors)")
      #expect(answered.output.contains("@alice in ~ops (private)"))
      #expect(answered.output.contains("session: thread (thread:\(chat))"))
      #expect(answered.output.contains("The agent `echo` is asked, by the rule `desk`"))
      let other = try await sandbox.post(as: "bob", in: "dev", "@edgecrab and me?")
      let silent = try await explain(["--online", other], environment: environment)
      #expect(silent.output.contains("user: expected not bob, found bob"))
      let missing = try await explain(["--online", String(chat.reversed())], environment: environment)
      #expect(missing.status == 2 && missing.errors.contains("404"), "\(missing.errors)")
      #expect(!(missing.errors + silent.output).contains(sandbox.botToken))
    }
  }

  @Test func `a webhook's post is explained by the account that posted it`() async throws {
    try await withSandbox { sandbox in
      let folder = try TemporaryFolder()
      let rules = try folder.write(
        "version: 1\naccess: { users: alice }\nrules: [{ name: all, when: { author: webhook }, say: Seen. }]\n",
        to: "rules.yaml")
      let environment = ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken]
      let post = try await sandbox.post(
        as: "bob", in: "dev", "disk full", props: ["from_webhook": "true", "override_username": "alice"])
      let ended = try await EdgecrabProcess(
        ["rules", "explain", "--rules", rules, "--online", post], environment: environment
      ).ended()
      let said = ended.output.split { $0.isWhitespace }.joined(separator: " ")
      #expect(said.contains("@bob in ~dev (public), team acme, author webhook, shown as `alice`"), "\(said)")
      #expect(
        said.contains(
          "`access` does not allow @bob: no rule is tried, and no reply is sent; a webhook posts as the account that created it."
        ), "\(said)")
    }
  }

  @Test func `names stand for the accounts that they had for the gateway`() async throws {
    let home = try TemporaryFolder()
    try await withSandbox { sandbox in
      let (bot, mallory) = (try sandbox.userID("edgecrab"), try sandbox.userID("mallory"))
      let environment = [
        "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": home.url.path,
      ]
      let post = try await sandbox.post(as: "mallory", in: "dev", "@edgecrab why?")
      let before = try await explain(["--online", post], environment: environment)
      #expect(!before.output.contains("The agent `echo` is asked"), "\(before.output)")
      _ = try home.write(
        #"{"bot":"\#(bot)","names":[{"role":"user","name":"alice","team":"","id":"\#(mallory)"}]}"#, to: "names.json")
      let after = try await explain(["--online", post], environment: environment)
      #expect(after.output.contains("The agent `echo` is asked, by the rule `desk`"), "\(after.output + after.errors)")
    }
  }

  @Test func `recorded events can be explained`() async throws {
    let home = try TemporaryFolder()
    let environment = ["EDGECRAB_HOME": home.url.path]
    let none = try await explain(["--last", "1"], environment: environment)
    #expect(none.status == 2 && none.errors.contains("journal"), "\(none.errors)")
    try await withSandbox { sandbox in
      let server = ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken]
      let gateway = try EdgecrabProcess(
        ["gateway", "start", "--rules", rules], environment: environment.merging(server) { $1 })
      try await gateway.says("Connected.")
      let post = try await sandbox.post(as: "alice", in: "ops", "@edgecrab my words")
      try await wait(for: "the post in the journal") {
        let ended = try await explain(["--post", post], environment: environment)
        return ended.status == 0
      }
      gateway.terminate()
      _ = try await gateway.ended()
      let ended = try await explain(["--post", post], environment: environment)
      #expect(ended.output.contains("@alice in ~ops (private)"))
      #expect(ended.output.contains("The agent `echo` is asked, by the rule `desk`"))
      // No rule of the file has a text condition, so the decision is certain without the text.
      #expect(ended.errors == "")
      let last = try await explain(["--last", "5"], environment: environment)
      #expect(last.output.contains("The agent `echo` is asked, by the rule `desk`"))
      // The journal has the team's name; the event has only the id.
      #expect(last.output.contains("~ops (private), team acme,"), "\(last.output)")
      #expect(last.output.contains("\n    session: thread (thread:\(post))\n"), "\(last.output)")
      let json = try await explain(["--last", "5", "--format", "json"], environment: environment).output
      #expect(json.contains(#""team": "acme""#) && json.contains(#""session_name": "thread:\#(post)""#), "\(json)")
    }
    let missing = try await explain(["--post", "nothing"], environment: environment)
    #expect(missing.status == 2 && missing.errors.contains("the journal has no post `nothing`"))
  }

  @Test func `a post without stored text is explained as far as it is certain`() async throws {
    let asking = try folder.write(
      "version: 1\nagents: { echo: { type: echo } }\nrules:\n"
        + "  - { name: help, when: { text: help }, agent: echo }\n"
        + "  - { name: talk, when: { trigger: mention }, agent: echo }\n", to: "asking.yaml")
    let decided = #""decided": {"rule": "help", "outcome": "ask", "agent": "echo", "session": "channel"}"#
    let events = try folder.write(
      #"{"post": "p1", "user": "alice", "channel": "dev", "text": null, "mention": "direct", \#(decided)}"# + "\n",
      to: "events.jsonl")
    let ended = try await EdgecrabProcess(["rules", "explain", "--rules", asking, events]).ended()
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(
      ended.output.contains(
        """
            rule `help` asks agent `echo` (session: channel)
            by these rules: it depends on the text
        The text of this post was not recorded
        """), "\(ended.output)")
    let json = try await EdgecrabProcess(["rules", "explain", "--rules", asking, events, "--format", "json"]).ended()
    #expect(json.output.contains(#""text":null"#) && !json.output.contains(#""now":{"#), "\(json.output)")
  }
}
