import Workload

/// A random rules file without errors: comments, empty lines and line breaks at any position, keys in any
/// order. Each comment is `#c` and a unique number.
struct RandomRulesFile {
  private(set) var text = ""
  private(set) var comments = 0
  private var random: SeededGenerator
  private let step: Int
  /// After a block scalar, an indented comment would be part of it.
  private var followsBlock = false

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    step = [2, 2, 3, 4].randomElement(using: &random) ?? 2
    if chance(0.2) { text = "%YAML 1.1\n#c\(number())\n---" + (chance(0.5) ? "  #c\(number())" : "") + "\n" }
    block(Self.file(&random), indent: 0)
    above(indent: 0)
    while text.last == "\n", chance(0.4) { text.removeLast() }
    if chance(0.2) { text = text.replacing("\n", with: "\r\n") }
  }

  private indirect enum Value: Sendable {
    case text(String)
    /// A literal or folded block with its header and lines.
    case lines(String, [String])
    case list([Value])
    case map([(String, Value)])
    case anchored(String, Value)
  }

  private static func file(_ random: inout SeededGenerator) -> Value {
    func pick(_ texts: String...) -> Value { .text(texts.randomElement(using: &random) ?? "") }
    let users = Value.list((0..<Int.random(in: 1...30, using: &random)).map { .text("user-\($0)") })
    let when = Value.map([
      ("trigger", .list([.text("mention"), .text("'thread'")])), ("channel", pick("dev", "\"~ops\"", "'a'")),
      (
        "text",
        .map([("matches", pick("'^build #\\d+'", "a#b", "\"x # y\"")), ("word", .list([.text("é 日本 # x".quoted)]))])
      ),
      ("not", .map([("time", .map([("days", .text("sat-sun")), ("hours", .text("08:00-18:00"))]))])),
      ("any", .list([.map([("user", .text("group:team"))]), .map([("files", .text("true"))])])),
    ])
    let rules: [Value] = [
      .map([
        ("when", .anchored("when", when)), ("agent", .text("coder")), ("name", .text("first # one".quoted)),
        (
          "prompt",
          .lines(
            ["|", "|-", "|+", ">", "|2"].randomElement(using: &random) ?? "|", ["a # b", "", "  c {{message}}", "d"])
        ),
        ("reply", .map([("stream", .text("false")), ("to", .text("thread"))])),
      ]),
      .map([
        ("name", .text("second")), ("say", pick("Hello", "\"He said\n     # no comment\n   so\"", "plain\n      text")),
        ("when", .text("*when")),
      ]),
      .map([("agent", .anchored("who", .text("echo"))), ("name", .text("third")), ("session", .text("member"))]),
    ]
    let tests: [Value] = (0..<3).map { index in
      .map([
        ("expect", .map([("ignore", .text("true"))])), ("name", .text("t\(index)")),
        ("given", .map([("author", .text("own")), ("text", pick("''", "\"#\"", "hi"))])),
      ])
    }
    var sections: [(String, Value)] = [
      ("version", .text("1")), ("groups", .map([("team", .map([("users", users)]))])),
      ("agents", .map([("echo", .map([("type", .text("echo"))])), ("coder", openai)])),
      (
        "commands",
        .map([
          ("bind", .map([("help", .map([("action", .text("help"))])), ("rota", .map([("say", .text("'x'"))]))])),
          ("prefixes", .list([.text("'!'"), .text("'/'")])),
        ])
      ),
      ("access", .map([("users", .text("\"*\""))])), ("tests", .list(tests)),
    ]
    sections.shuffle(using: &random)
    sections.insert(("rules", .list(rules)), at: Int.random(in: 0...sections.count, using: &random))
    return .map(sections)
  }

  private static let openai = Value.map([
    ("model", .text("qwen3-coder")), ("type", .text("openai")), ("base_url", .text("http://localhost:11434/v1")),
    ("system", .lines(">-", ["You are", "careful."])), ("api_key", .text("'${OPENAI_API_KEY:-}'")),
  ])

  private mutating func chance(_ part: Double) -> Bool { Double.random(in: 0..<1, using: &random) < part }

  private mutating func number() -> Int {
    comments += 1
    return comments
  }

  /// Writes empty lines and comments.
  private mutating func above(indent: Int) {
    while chance(0.3) { text += chance(0.5) ? "\n" : "   \n" }
    while chance(0.25) {
      let columns = followsBlock ? [0, indent] : [0, indent, indent + 1, indent + step, indent + 9]
      text += String(repeating: " ", count: columns.randomElement(using: &random) ?? 0) + "#c\(number())"
      text += chance(0.3) ? " # # text  \n" : "\n"
      if chance(0.3) { text += "\n" }
    }
  }

  private mutating func lineEnd() {
    if chance(0.2) { text += String(repeating: " ", count: Int.random(in: 1...3, using: &random)) + "#c\(number())" }
    text += "\n"
    followsBlock = false
  }

  private mutating func block(_ value: Value, indent: Int, followsDash: Bool = false) {
    let pad = String(repeating: " ", count: indent)
    switch value {
    case .map(var entries):
      entries.shuffle(using: &random)
      for (index, entry) in entries.enumerated() {
        if index > 0 || !followsDash {
          above(indent: indent)
          text += pad
        }
        text += chance(0.1) ? "\"\(entry.0)\":" : entry.0 + ":"
        below(entry.1, indent: indent)
      }
    case .list(let items):
      for item in items {
        above(indent: indent)
        text += pad + "-"
        if case .map = item, chance(0.7) {
          text += String(repeating: " ", count: step - 1)
          block(item, indent: indent + step, followsDash: true)
        } else {
          below(item, indent: indent)
        }
      }
    default: break
    }
  }

  /// Writes a value after its key or dash.
  private mutating func below(_ value: Value, indent: Int) {
    switch value {
    case .text(let text):
      self.text += " " + text.replacing("\n", with: "\n" + String(repeating: " ", count: indent))
      lineEnd()
    case .lines(let header, let lines):
      text += " " + header + (chance(0.2) ? "  #c\(number())" : "") + "\n"
      let inner = header.contains("2") ? indent + 2 : indent + step
      for line in lines { text += (line.isEmpty ? "" : String(repeating: " ", count: inner) + line) + "\n" }
      followsBlock = true
    case .anchored(let name, let value):
      text += " &\(name)"
      below(value, indent: indent)
    case .list, .map:
      if chance(0.5) {
        text += " "
        flow(value, indent: indent + 1)
        lineEnd()
      } else {
        lineEnd()
        block(value, indent: indent + step)
      }
    }
  }

  private mutating func flow(_ value: Value, indent: Int) {
    switch value {
    case .text(let text): self.text += text.replacing("\n", with: "\n" + String(repeating: " ", count: indent))
    case .lines(_, let lines): text += "\"" + lines.joined(separator: " ") + "\""
    case .anchored(let name, let value):
      text += "&\(name) "
      flow(value, indent: indent)
    case .list(let items):
      text += "["
      for item in items {
        flowBreak(indent: indent)
        flow(item, indent: indent)
        text += " ,"
      }
      flowBreak(indent: indent)
      text += "]"
    case .map(let entries):
      text += "{"
      for entry in entries.shuffled(using: &random) {
        flowBreak(indent: indent)
        text += entry.0 + ": "
        flow(entry.1, indent: indent)
        text += " ,"
      }
      flowBreak(indent: indent)
      text += "}"
    }
  }

  private mutating func flowBreak(indent: Int) {
    text += " "
    guard chance(0.1) else { return }
    lineEnd()
    above(indent: indent)
    text += String(repeating: " ", count: indent)
  }
}

extension String {
  fileprivate var quoted: String { "\"\(self)\"" }
}
