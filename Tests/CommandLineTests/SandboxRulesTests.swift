import Foundation
import TestSupport
import Testing

/// The sandbox with a rules file of one's own, in the browser.
@Suite(.serialized) struct SandboxRulesTests {
  private static let rules = """
    version: 1
    access: { users: [zoe, jenkins, alice] }
    agents: { echo: { type: echo } }
    rules:
      - name: farm
        when: { team: core, channel: build-farm, user: zoe, trigger: mention, text: { contains: build } }
        agent: echo
      - name: failed builds
        when: { author: webhook, user: jenkins, channel: builds, trigger: message }
        agent: echo
      - name: others
        when: { trigger: mention }
        say: "Ask in ~build-farm."
    """

  @Test(.timeLimit(.minutes(3)))
  func `users, channels, teams and webhooks of the rules can be used, and a post is explained as on the command line`()
    async throws
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.rules, to: "rules.yaml")
    let process = try EdgecrabProcess(["gateway", "start", "--sandbox", "--rules", path])
    try await process.says("rules journal --follow")
    #expect(!process.said.contains("the rules name"), "\(process.said)")
    let home = try Self.word(after: "EDGECRAB_HOME=", in: process.said)
    try await Browser.with { browser in
      let page = try await browser.open(try Self.word(after: "Talk to the bot at\n  ", in: process.said))
      try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
      try await page.choose("zoe", in: "#speaker")
      try await page.wait(until: "document.querySelector('#app').dataset.speaker === 'zoe'")
      try await page.click("[data-channel=\"core/build-farm\"]")
      try await page.wait(until: "document.querySelector('#app').dataset.channel === 'core/build-farm'")
      try await Self.say("@edgecrab why did the build fail?", on: page)
      try await page.wait(for: "#messages [data-author=edgecrab] .text", containing: "why did the build fail?")
      try await Self.expectExplanation(of: "zoe", containing: "✓ farm", "answered by echo", on: page, home, path)

      try await page.choose("mallory", in: "#speaker")
      try await page.wait(until: "document.querySelector('#app').dataset.speaker === 'mallory'")
      try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
      try await Self.say("@edgecrab build", on: page)
      try await Self.expectExplanation(
        of: "mallory", containing: "`access` does not allow @mallory", "The gateway decided:", on: page, home, path)

      // Posts that are in no journal.
      for (author, channel, sentence) in [
        ("edgecrab", "core/build-farm", "The bot wrote this itself: no rule is tried."),
        ("mallory", "random", "The bot is not a member of ~random"),
      ] {
        try await page.click("[data-channel=\"\(channel)\"]")
        try await page.wait(until: "document.querySelector('#app').dataset.channel === '\(channel)'")
        if author == "mallory" { try await Self.say("@edgecrab hello", on: page) }
        try await page.click("#messages :nth-last-child(1 of [data-author=\(author)]) [data-role=why]")
        try await page.wait(for: "#why-text", containing: sentence)
        try await page.press("Escape")
        try await page.wait(until: "!document.querySelector('#why').open")
      }

      // Newer rules bring their names.
      _ = try folder.write(
        Self.rules.replacingOccurrences(of: "jenkins, alice", with: "jenkins, yuri")
          .replacingOccurrences(of: "failed builds", with: "broken builds"), to: "rules.yaml")
      try await page.choose("yuri", in: "#speaker")
      try await page.wait(until: "document.querySelector('#app').dataset.speaker === 'yuri'")
      try await page.click("[data-channel=builds]")
      try await page.wait(until: "document.querySelector('#app').dataset.channel === 'builds'")
      let hook: String = try await page.evaluate(
        "[...document.querySelectorAll('#speaker option')].find(o => o.text === 'broken builds (of jenkins)').value")
      try await page.choose(hook, in: "#speaker")
      try await Self.say("build 7 failed", on: page)
      try await page.wait(for: "#messages [data-author=edgecrab] .text", containing: "build 7 failed")
      try await Self.expectExplanation(
        of: "broken builds", containing: "author webhook", "answered by echo", on: page, home, path)
      #expect(await browser.complaintsSoFar().isEmpty)
    }
    process.terminate()
    #expect(try await process.ended().status == 0)
    #expect(!FileManager.default.fileExists(atPath: home))
  }

  @Test func `a sandbox without a gateway has the names of a rules file, and its page says how they decide`()
    async throws
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.rules, to: "rules.yaml")
    let process = try EdgecrabProcess(["sandbox", "--rules", path])
    try await process.says("edgecrab gateway start --rules \(path)")
    try await Browser.with { browser in
      let page = try await browser.open(try Self.word(after: "Chat at\n  ", in: process.said))
      try await page.wait(until: "document.querySelector('#app').dataset.connection === 'open'")
      try await page.choose("zoe", in: "#speaker")
      try await page.wait(until: "document.querySelector('#app').dataset.speaker === 'zoe'")
      try await Self.say("@edgecrab hello", on: page)
      try await page.click("[data-author=zoe] [data-role=why]")
      try await page.wait(for: "#why-text", containing: "The reply is `Ask in ~build-farm.`")
      try await page.wait(for: "#why-text", containing: "No gateway runs in this sandbox")
    }
    process.terminate()
    #expect(try await process.ended().status == 0)
  }

  @Test func `every part of the rules that has names is followed, and names that cannot be are told`() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      """
      version: 1
      access: { users: [uma, aaaaaaaaaaaaaaaaaaaaaaaaaa] }
      agents: { echo: { type: echo } }
      commands: { bind: { new: { action: new, users: [vic] } } }
      rules:
        - { name: bots, when: { author: bot, user: robo, team: [core, labs], channel: nightly }, agent: echo }
        - name: either
          when:
            author: webhook
            any: [{ channel: secret, kind: private, user: walt }, { channel: dev, not: { user: xena } }]
          agent: echo
      """, to: "rules.yaml")
    let process = try EdgecrabProcess(["sandbox", "--rules", path])
    try await process.says("edgecrab gateway start --rules \(path)")
    #expect(process.said.contains("the sandbox leaves out 1 name in the rules"))
    #expect(process.said.contains("@aaaaaaaaaaaaaaaaaaaaaaaaaa"))
    let page = try Self.word(after: "Chat at\n  ", in: process.said).components(separatedBy: "/#key=")

    struct Session: Decodable {
      struct Named: Decodable { let name: String }
      struct User: Decodable {
        let username: String
        let isBot: Bool
        let token: String?

        enum CodingKeys: String, CodingKey {
          case username, token
          case isBot = "is_bot"
        }
      }
      let teams: [Named]
      let users: [User]
      let webhooks: [Named]
    }
    struct Channel: Decodable {
      let name: String
      let type: String
    }
    let answer = try await RawHTTP.send("POST", page[0] + "/page/session", headers: [("X-Sandbox-Key", page[1])])
    let session = try JSONDecoder().decode(Session.self, from: Data(answer.body))
    #expect(session.teams.map(\.name) == ["acme", "core", "labs"])
    #expect(session.users.suffix(5).map(\.username) == ["robo", "uma", "vic", "walt", "xena"])
    #expect(session.users.suffix(5).map(\.isBot) == [true, false, false, false, false])
    #expect(session.webhooks.map(\.name) == ["ci", "either"])
    let token = try #require(session.users.last?.token)
    let list = try await RawHTTP.send(
      "GET", page[0] + "/api/v4/users/me/channels", headers: [("Authorization", "Bearer \(token)")])
    let channels = try JSONDecoder().decode([Channel].self, from: Data(list.body))
    #expect(channels.filter { $0.name == "nightly" }.map(\.type) == ["O", "O"])
    #expect(channels.filter { $0.name == "secret" }.map(\.type) == ["P"])
    #expect(channels.count { $0.name == "town-square" } == 3)
    process.terminate()
    #expect(try await process.ended().status == 0)
  }

  private static func say(_ text: String, on page: BrowserPage) async throws {
    try await page.focus("#text")
    try await page.type(text)
    try await page.press("Enter")
  }

  /// Opens the explanation of an author's newest post, and expects the words of `rules explain --post`.
  private static func expectExplanation(
    of author: String, containing parts: String..., on page: BrowserPage, _ home: String, _ rules: String
  ) async throws {
    try await page.click("#messages :nth-last-child(1 of [data-author=\"\(author)\"]) [data-role=why]")
    for part in parts { try await page.wait(for: "#why-text", containing: part) }
    let id: String = try await page.evaluate("document.querySelector('#why-id').textContent")
    let printed = try await EdgecrabProcess(
      ["rules", "explain", "--post", id, "--rules", rules], environment: ["EDGECRAB_HOME": home]
    ).ended()
    #expect(printed.status == 0, "\(printed.errors)")
    #expect(try await page.texts(of: "#why-text") == [printed.output])
    try await page.press("Escape")
    try await page.wait(until: "!document.querySelector('#why').open")
  }

  private static func word(after opening: String, in text: String) throws -> String {
    let rest = try #require(text.components(separatedBy: opening).dropFirst().first)
    return String(try #require(rest.split(whereSeparator: \.isWhitespace).first))
  }
}
