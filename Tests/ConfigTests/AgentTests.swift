import ConfigLoader
import Core
import RuleAnalysis
import RuleEngine
import TestSupport
import Testing

@Suite struct AgentTests {
  /// The required keys of each type, beside the tested keys.
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
    guard case .chat(.openai, let settings) = agent.kind else { throw TestFailure("no openai agent: \(agent.kind)") }
    return settings
  }

  @Test func `each agent type has its own default limits`() throws {
    for (type, needs, defaults) in Self.types {
      #expect(try rules(Self.file(type, needs)).agents.first?.limits == defaults)
    }
    #expect(AgentLimits.model.firstByteSeconds == 120 && AgentLimits.model.idleSeconds == 180)
    #expect(AgentLimits.worker.timeoutSeconds == 3_600)
    #expect(AgentLimits.program.firstByteSeconds == nil && AgentLimits.program.idleSeconds == nil)
    #expect(try settings("system: x").retries == 2)
  }

  @Test func `a folder is an absolute path, and its placeholders are names`() throws {
    func folder(_ text: String) throws -> ProjectFolder? {
      try rules(Self.file("exec", "command: [cat], folder: '\(text)'"), ["HOME": "/home/edgecrab", "P": "/srv"]).agents
        .first?.kind.folder
    }
    #expect(try folder("/srv//./web/")?.written == "/srv/web")
    #expect(try folder("~/web")?.written == "/home/edgecrab/web")
    #expect(try folder("~")?.fixedPath == "/home/edgecrab")
    #expect(try folder("${P}/web")?.written == "/srv/web")
    let project = try #require(try folder("/srv/x-{{ channel }}/{{user_id}}"))
    #expect(project.written == "/srv/x-{{channel}}/{{user_id}}" && project.fixedPath == "/srv" && !project.isFixed)
    #expect(try project.filled { $0 == .channel ? "town-square" : "u1" } == "/srv/x-town-square/u1")
    for hostile in [
      "", ".", "..", "../x", "a/b", "/etc", "-rf", "_x", ".git", "Web", "a\u{0}", "a b", "é", "a\u{301}", "a\n",
      String(repeating: "a", count: 129),
    ] {
      #expect(throws: ProjectFolder.UnsafeValue.self, "\(hostile)") { try project.filled { _ in hostile } }
    }
    for bad in ["web", "./web", "~alice/web", "/srv/../etc", "/srv/{{channel}}/..", "{{channel}}", "..", "$HOME/x"] {
      #expect(
        load(Self.file("exec", "command: [cat], folder: '\(bad)'")).diagnostics.map(\.code) == [.badFolder], "\(bad)")
    }
    #expect(load(Self.file("exec", "command: [cat], folder: '~/x'")).diagnostics.map(\.code) == [.badFolder])
    #expect(load(Self.file("exec", "command: [cat], worktree: true")).diagnostics.map(\.code) == [.uselessKey])
    #expect(
      load(Self.file("acp", "command: [cat], folder: '/{{args}}'")).diagnostics.map(\.code) == [.unknownPlaceholder])
  }

  @Test func `MCP servers are read from the file, and their keys only from variables`() throws {
    func servers(_ text: String) throws -> [MCPServer] {
      let kind = try rules(Self.file("acp", "command: [cat], mcp_servers: \(text)"), ["KEY": "k"]).agents.first?.kind
      guard case .acp(let settings) = kind else { throw TestFailure("no acp agent") }
      return settings.mcpServers
    }
    #expect(
      try servers(
        "[{ name: a, command: [x, '-y'], env: { K: '${KEY}' } }, { name: b, url: 'http://x/', transport: sse }]")
        == [
          MCPServer(
            name: "a",
            connection: .program(
              ["x", "-y"], environment: [NamedValue(name: "K", value: Secret("k"), written: "${KEY}")])),
          MCPServer(name: "b", connection: .address("http://x/", .sse, headers: [])),
        ])
    for (text, codes) in [
      ("[{ name: a }]", [DiagnosticCode.noAction]),
      ("[{ name: a, command: [x], url: 'http://x' }]", [.severalActions]),
      ("[{ name: a, url: 'http://x', env: { A: b } }]", [.uselessKey]),
      ("[{ name: a, url: 'http://x', headers: { Authorization: sk-1 } }]", [.secretInFile]),
    ] {
      #expect(
        load(Self.file("acp", "command: [cat], mcp_servers: \(text)")).diagnostics.map(\.code) == codes, "\(text)")
    }
  }

  @Test func `limits are read from the file`() throws {
    let keys = "timeout: 1h, first_byte: 10s, idle: 1m, concurrency: 3, history: 0"
    let limits = AgentLimits(
      firstByteSeconds: 10, idleSeconds: 60, timeoutSeconds: 3_600, concurrency: 3, historyTokens: 0)
    for (type, needs, _) in Self.types {
      #expect(try rules(Self.file(type, needs, keys)).agents.first?.limits == limits)
    }
    #expect(try settings("retries: 0").retries == 0)
  }

  @Test func `thinking is left out by default`() throws {
    #expect(try settings("retries: 0").reasoning == .hide)
    let set = try rules(Self.openai("reasoning: show"))
    #expect(set.yaml.contains("reasoning: show\n"))
    #expect(try rules(set.yaml).agents.first?.kind == set.agents.first?.kind)
    let changes = RuleSetDifference(from: set, to: try rules(Self.openai("reasoning: hide"))).sentences
    #expect(changes == ["agent `a` changes:", "    `reasoning` is `hide`, was `show`"])
    #expect(load(Self.openai("reasoning: high")).diagnostics.map(\.code) == [.wrongValue])
  }

  @Test(arguments: ["concurrency: 0", "concurrency: 1001", "history: -1", "history: 1000001", "retries: 6"])
  func `a number out of its range is an error`(key: String) {
    #expect(load(Self.openai(key)).diagnostics.map(\.code) == [.outOfRange])
  }

  @Test func `the values of a body follow YAML's core schema`() throws {
    let values =
      [
        ("null", .null), ("~", .null), ("true", .bool(true)), ("FALSE", .bool(false)), ("yes", "yes"),
        ("'true'", "true"),
        ("12", .number("12")), ("-0.5", .number("-0.5")), ("+007", .number("7")), (".5e+3", .number("0.5e+3")),
        ("1.", .number("1")), ("0x1F", .number("31")), ("0o17", .number("15")), ("1_000", "1_000"), ("'12'", "12"),
        ("1e", "1e"), ("-x", "-x"), ("''", ""), ("2025-06-01", "2025-06-01"),
        ("12345678901234567890", .number("12345678901234567890")),
        ("[a, [1]]", ["a", [.number("1")]]), ("{ b: { c: null }, a: 1 }", ["b": ["c": .null], "a": .number("1")]),
        ("${N}", "12"), ("'a ${N} $${N}'", "a 12 ${N}"),
      ] as [(String, JSON)]
    for (written, json) in values {
      // In block style, since `{ }` would split a variable.
      let file = """
        version: 1
        rules: []
        agents:
          a:
            type: anthropic
            model: m
            body:
              k: \(written)
        """
      guard case .chat(.anthropic, let settings)? = try rules(file, ["N": "12"]).agents.first?.kind else {
        throw TestFailure("no agent for \(written)")
      }
      #expect(settings.body.map(\.value.exposed) == [json], "\(written)")
    }
  }

  @Test(arguments: [".inf", "-.INF", ".nan", "0x1FFFFFFFFFFFFFFFF"])
  func `a number that JSON does not have is an error`(number: String) {
    #expect(load(Self.openai("body: { k: [\(number)] }")).diagnostics.map(\.code) == [.badBody])
  }

  @Test func `a key that edgecrab sets is an error in a body, but not deeper in it`() throws {
    for key in ["model", "messages", "stream", "system", "max_tokens", "temperature"] {
      let found = load(Self.openai("body: { \(key): 1 }")).diagnostics
      #expect(found.map(\.message) == ["`body` cannot set `\(key)`: edgecrab sets it itself"])
    }
    #expect(try settings("body: { options: { temperature: 1 } }").body.count == 1)
    #expect(try settings("body: { stream_options: null }").body.map(\.value) == [.null])
  }

  @Test func `a body is written as in the file, with its secrets as variables`() throws {
    let keys = "body: { user: '${KEY}', stop: ['a: b', 'true'], top_p: 1.50, o: { p: null, q: {}, r: [] } }"
    let set = try rules(Self.openai(keys), ["KEY": "sesame"])
    #expect(
      set.yaml.contains(
        """
            body:
              user: '${KEY}'
              stop: ['a: b', 'true']
              top_p: 1.50
              o:
                p: null
                q: {}
                r: []

        """))
    #expect(set.json.contains(#""top_p": 1.50"#) && set.json.contains(#""p": null"#))
    #expect(try rules(set.yaml, ["KEY": "sesame"]).agents.first?.kind == set.agents.first?.kind)
    #expect(!set.yaml.contains("sesame") && !set.json.contains("sesame") && !"\(set)".contains("sesame"))
    let other = RuleSetDifference(from: set, to: try rules(Self.openai(keys), ["KEY": "secret"]))
    #expect(other.sentences == ["agent `a` changes:", "    `body.user` has changed; its value is not shown"])
  }

  @Test func `a price is in millionths, and in dollars by default`() throws {
    let price = try settings("price: { input: 3.00, output: 0.15 }").price
    #expect(price == Price(input: 3_000_000, output: 150_000, currency: "USD"))
    let set = try rules(Self.openai("price: { input: 0.0000125, output: 1e2, currency: EUR }"))
    #expect(set.yaml.contains("price:\n      input: 0.000013\n      output: 100\n      currency: EUR\n"))
    #expect(try rules(set.yaml).agents.first?.kind == set.agents.first?.kind)
  }

  @Test(arguments: [
    ("input: 1", DiagnosticCode.missingKey), ("input: -1, output: 1", .outOfRange),
    ("input: 1, output: 1000001", .outOfRange),
    ("input: 1, output: '1'", .wrongType), ("input: 1, output: 1, currency: usd", .badCurrency),
    ("input: 1, output: 1, currency: ÜSD", .badCurrency), ("input: 1, output: 1, currency: EURO", .badCurrency),
  ])
  func `an invalid price is an error`(price: String, code: DiagnosticCode) {
    #expect(load(Self.openai("price: { \(price) }")).diagnostics.map(\.code) == [code])
  }

  @Test(arguments: [
    ("${KEY}", true), ("Bearer ${KEY}", true), ("Bearer ${KEY:-}", true), ("Basic ${USER_KEY}${KEY}", true),
    ("Bearer sk-4711", false), ("Bearer ${KEY:-sk-4711}", false), ("Bearer sk-4711${KEY}", false),
    ("sk4711 ${KEY} x", false),
  ])
  func `a secret header is a variable, with a scheme at most`(value: String, isTaken: Bool) {
    let loaded = RulesFile.load(
      text: Self.openai("headers: { Authorization: '\(value)' }"), file: "rules.yaml",
      environment: ["KEY": "a", "USER_KEY": "b"], now: 0)
    #expect(loaded.diagnostics.contains { $0.code == .secretInFile } == !isTaken)
    #expect(!loaded.report.contains("4711"))
  }

  @Test func `a difference of limits is reported by their keys`() throws {
    let old = try rules(Self.openai("timeout: 1m, concurrency: 2"))
    let new = try rules(Self.openai("first_byte: 30s, history: 5, retries: 1"))
    #expect(
      RuleSetDifference(from: old, to: new).sentences == [
        "agent `a` changes:", "    `retries` is `1`, was `2`", "    `timeout` is `15m`, was `1m`",
        "    `first_byte` is `30s`, was `2m`", "    `concurrency` is no longer set, was `2`",
        "    `history` is `5`, was `16000`",
      ])
  }
}
