import ConfigLoader
import Foundation
import RuleEngine
import TestSupport
import Testing

/// Loading any file ends soon, with rules or a diagnostic.
@Suite(.timeLimit(.minutes(1))) struct HostileInputTests {
  @Test(arguments: Hostile.all)
  func `a hostile text is an error`(_ hostile: Hostile) {
    let loaded = load(hostile.text, ["X": times("y", 100)])
    #expect(loaded.rules == nil)
    #expect(loaded.diagnostics.contains { $0.code == hostile.code })
    #expect(loaded.diagnostics.count <= 1_000)
    #expect(loaded.report.utf8.count < 100_000)
  }

  @Test func `an alias bomb is an error before it is expanded`() {
    let bomb = (1...30).map { level in "a\(level): &a\(level) [\(times("*a\(level - 1), ", 9))]\n" }
    let loaded = load("a0: &a0 boom\n" + bomb.joined())
    #expect(loaded.diagnostics.map(\.code) == [.tooManyValues])
  }

  @Test(arguments: [#"al\u200Dice"#, #"\u202Ealice"#, #"alice\u200B"#, #"\u0430lice"#, #"alice\0"#, #"ali\u0301ce"#])
  func `a name with invisible characters is an error`(_ name: String) {
    for key in ["user", "channel", "team"] {
      let loaded = load("version: 1\nrules: [{ name: r, when: { \(key): \"\(name)\" }, ignore: true }]")
      #expect(loaded.diagnostics.contains { $0.code == .badName })
      let marks = loaded.diagnostics.flatMap(\.message.unicodeScalars).filter {
        $0.properties.generalCategory == .format
      }
      #expect(marks.isEmpty)
    }
  }

  @Test func `a hundred thousand rules load`() throws {
    let lines = (0..<100_000).map { "- { name: r\($0), when: { channel: c\($0) }, ignore: true }\n" }
    let rules = try rules("version: 1\nrules:\n" + lines.joined()).rules
    #expect(rules.count == 100_000)
    #expect(rules.last?.when.channels == NameSet(["c99999"]))
    #expect(rules.last?.location.line == 100_002)
  }

  @Test(arguments: [("{a ", 100_000, 0), ("{", 300_000, 0), ("{user}{{user}}", 20_000, 1)])
  func `a text of many braces has at most one warning`(text: String, count: Int, warnings: Int) {
    let said = times(text, count) + "}"
    let loaded = load("version: 1\nrules: [{ name: r, when: { trigger: [dm, mention] }, say: '\(said)' }]")
    #expect(loaded.diagnostics.count { $0.code == .singleBraces } == warnings)
  }

  @Test func `twenty thousand texts on one line load in linear time`() throws {
    let list = (0..<20_000).map { "{ name: r\($0), when: { channel: c\($0) }, say: Hello }, " }.joined()
    #expect(try rules("version: 1\nrules: [\(list)]").rules.count == 20_000)
  }

  @Test func `a command of many rules is searched once`() {
    let names = (0..<20_000).map { "c\($0)" }
    let bound = names.map { "\($0): { say: x }" }.joined(separator: ", ")
    let rules = (0..<20_000).map { "- { name: r\($0), when: { command: c1 }, agent: a }\n" }.joined()
    let loaded = load("version: 1\nagents: { a: { type: echo } }\ncommands: { bind: { \(bound) } }\nrules:\n" + rules)
    #expect(loaded.rules?.rules.count == 20_000)
    #expect(loaded.diagnostics.contains { $0.code == .unreachableCommand && $0.message.contains("`c2`") })
    #expect(!loaded.diagnostics.contains { $0.code == .unreachableCommand && $0.message.contains("`c1`") })
  }

  @Test func `a duplicate key is an error in a map of any size`() {
    for count in 1...40 {
      let keys = (1...count).map { "k\($0): 1\n" }.joined()
      for second in 1...count {
        let found = load(keys + "k\(second): 1\n").diagnostics.filter { $0.code == .duplicateKey }
        #expect(found.map(\.span.start.line) == [count + 1])
        #expect(found.first?.notes.map(\.span.start.line) == [second])
      }
    }
  }

  @Test func `the error of invalid UTF-8 has its position`() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "rules.yaml")
    try Data(Array("version: 1\nname: é".utf8) + [0xC3, 0x28] + (0..<255).map { UInt8($0) }).write(to: file)
    let loaded = try RulesFile.load(path: file.path(), environment: [:], now: now)
    #expect(loaded.diagnostics.map(\.summary) == ["E0102 at 2:8"])
    #expect(!loaded.report.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
  }

  @Test func `carriage returns and a byte order mark do not change columns`() {
    let text = "\u{FEFF}version: 1\r\nrules: []\r\nchanel: x\r\n"
    #expect(load(text).diagnostics.map(\.summary) == ["E0103 at 3:1"])
    #expect(load(text).report.contains("\n  chanel: x\n  ^~~~~~\n"))
  }

  @Test func `a file that is truncated anywhere has rules or diagnostics`() {
    let bytes = Array(RulesFile.builtInText.utf8)
    for end in 0..<bytes.count {
      let text = String(decoding: bytes[..<end], as: UTF8.self)
      let loaded = load(text)
      #expect(loaded.rules != nil || !loaded.diagnostics.isEmpty)
    }
  }

  @Test func `a file with any changed byte has rules or diagnostics`() {
    let bytes = Array(WholeFileTests.text.utf8)
    for (offset, new) in zip(0..<bytes.count, Array("{}[]:,&*!|>'\"%@`#-?~\t\n $".utf8).cycled(bytes.count)) {
      var changed = bytes
      changed[offset] = new
      let loaded = load(String(decoding: changed, as: UTF8.self))
      #expect(loaded.rules != nil || !loaded.diagnostics.isEmpty)
      _ = loaded.report
    }
  }

  @Test func `a file that cannot be read is an error with the reason`() throws {
    func problem(_ path: String) -> String? {
      do throws(RulesFileError) {
        _ = try RulesFile.load(path: path, environment: [:], now: now)
        return nil
      } catch {
        return error.description
      }
    }
    let folder = FileManager.default.temporaryDirectory.path()
    #expect(
      problem("/nonexistent/rules.yaml")
        == "there is no rules file `/nonexistent/rules.yaml`; check the path"
    )
    #expect(problem(folder) == "the rules file `\(folder)` is a directory; name a file in it")
    #expect(problem("/dev/zero") == "the rules file `/dev/zero` is a socket or a device; name a regular file")
  }
}

extension Array {
  /// Returns `count` elements, repeating the array.
  fileprivate func cycled(_ count: Int) -> [Element] { (0..<count).map { self[$0 % self.count] } }
}

private func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

struct Hostile: CustomTestStringConvertible {
  let testDescription: String
  let code: DiagnosticCode
  let text: String

  init(_ name: String, _ code: DiagnosticCode, _ text: String) {
    testDescription = name
    self.code = code
    self.text = text
  }

  static let all: [Hostile] = [
    Hostile("brackets", .nestedTooDeep, times("[", 5_000_000)),
    Hostile("braces", .nestedTooDeep, times("{", 5_000_000)),
    Hostile("dashes", .nestedTooDeep, times("- ", 2_500_000)),
    Hostile("question marks", .nestedTooDeep, times("? ", 2_500_000)),
    Hostile("blocks", .nestedTooDeep, (0..<1_000).map { times(" ", $0) + "a:\n" }.joined()),
    Hostile("keys", .unknownKey, (0..<100_000).map { "key\($0): 1\n" }.joined()),
    Hostile("the same key", .duplicateKey, times("key: 1\n", 100_000)),
    Hostile("items", .tooManyValues, "rules: [" + times("a,", 2_000_000) + "]"),
    Hostile("10 MB", .fileTooLarge, times("version: 1\n", 1_000_000)),
    Hostile("a long text", .unknownVersion, "version: " + times("x", 5_000_000)),
    Hostile("a long key", .notYAML, times("x", 5_000_000) + ": 1"),
    Hostile("directives", .tooManyDirectives, (0..<200_000).map { "%TAG !a\($0)! x\n" }.joined() + "---\n"),
    Hostile("a long text again", .tooManyValues, "a: &a " + times("x", 1_000_000) + "\nb: [" + times("*a,", 99) + "]"),
    Hostile("an alias of itself", .unknownAlias, "a: &a [*a]"),
    Hostile("variables", .tooManyVariables, "version: '" + times("${X}", 100_000) + "'"),
    Hostile("no variables", .malformedVariable, "version: '" + times("${1}", 300_000) + "'"),
    Hostile("expressions", .tooManyExpressions, expressions),
    Hostile("groups", .tooManyValues, groups),
    Hostile("names", .badName, "access: { users: '" + times("?, ", 300_000) + "' }"),
    Hostile("places", .unknownPlaceholder, "rules: [{ say: '" + times("{{x}}", 300_000) + "' }]"),
    Hostile("NUL", .notYAML, "version: 1\u{0}"),
    Hostile("a byte order mark", .emptyFile, "\u{FEFF}"),
    Hostile("nothing", .emptyFile, ""),
    Hostile("white space", .emptyFile, " \n  \r\n\n"),
    Hostile("tabs", .notYAML, "a:\n\t\tb: c"),
    Hostile("a text", .wrongType, "hello"),
    Hostile("a list", .wrongType, "- a\n- b"),
    Hostile("a quote", .notYAML, "\""),
  ]

  private static var groups: String {
    "groups: { all: { users: [" + (0..<2_000).map { "u\($0)," }.joined() + "] } }\nrules:\n"
      + (0...2_000).map { "- { name: r\($0), when: { user: group:all }, ignore: true }\n" }.joined()
  }

  private static var expressions: String {
    "rules: [{ when: { text: { matches: [" + (0..<10_001).map { "a\($0)," }.joined() + "] } } }]"
  }
}
