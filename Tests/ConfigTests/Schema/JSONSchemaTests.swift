import BuiltInRules
import Core
import Foundation
import RulesTools
import TestSupport
import Testing

@testable import ConfigLoader;

/// Compares the schema for editors with the loader, as far as a schema can express it.
@Suite struct JSONSchemaTests {
  @Test func `files without errors are valid by the JSON Schema`() throws {
    let starters = Starter.allCases.map { String(decoding: $0.yaml, as: UTF8.self) }
    let pages = DiagnosticCode.allCases.flatMap { $0.page.examples.dropFirst() }
    let files = [RulesFile.builtInText, WholeFileTests.text] + starters + pages
    for (text, problem) in zip(files, try Validator.problems(of: files)) { #expect(problem == nil, "\(text)") }
  }

  /// The codes that a schema can detect: those of one value, independent of others.
  private static let structural: Set<DiagnosticCode> = [
    .unknownKey, .wrongType, .wrongValue, .missingKey, .noValue, .outOfRange, .unknownVersion, .empty, .secretInFile,
    .badDuration, .badRate, .badSize, .badMediaRange, .badDay, .badHours, .badAddress, .badName, .badPrefix,
    .badCurrency, .groupInGroup, .noAction, .severalActions, .ignoreFalse, .uselessKey,
  ]

  @Test func `a structural mistake is invalid for both, and files that the loader accepts are valid by the schema`()
    throws
  {
    let goldens = Golden.files.filter { String(validating: $0.bytes, as: UTF8.self) != nil }
    let problems = try Validator.problems(of: goldens.map { String(decoding: $0.bytes, as: UTF8.self) })
    var found: Set<DiagnosticCode> = []
    for (golden, problem) in zip(goldens, problems) {
      let loaded = golden.load()
      if loaded.rules != nil { #expect(problem == nil, "\(golden.name)") }
      let codes = Self.structural.intersection(loaded.diagnostics.map(\.code))
      guard !codes.isEmpty else { continue }
      #expect(problem != nil, "\(golden.name)")
      found.formUnion(codes)
    }
    #expect(found == Self.structural)
  }

  /// Values that YAML or one of the types interprets.
  private static let values = [
    "some", "'a, b'", "'a  group:one'", "'*'", "@Bob", "~dev", "Bob.b-c_d", "12", "-3", "+5", "007", "0x1F", "0o17",
    "1.5",
    "1e3", ".inf", "True", "FALSE", "false", "yes", "'~'", "'null'", "''", "' '", "'${V}'", "${V}", "'a ${V:-b} c'",
    "'$${x}'", "0s", "0001d", "366d", "1/s", "5/sec", "1000000/day", "MON-fri", "fri-mon", "8:00-24:00",
    "'22:00-00:00'",
    "24:00-06:00", "Europe/Berlin", "'2025-06-01T09:30:00Z'", "2025-06-01T11:30+02:00", "2025-06-01t09:30:00.25Z",
    "'HTTPS://[::1]:80/v1/'", "'.'", "'-'", "'\\'", "'~'", "']'", "é", "'日本 語'", "'{{ user }}'", "'{{'", "\"a\\nb\"",
    "1", "200", "16383", "[]", "{}", "[some, help]", "[mon, 'tue-wed']", "[['a']]", "{ a: b }", "group:one",
    "'\u{212A}elvin'",
    "'\u{2003}'", "system", "own", "20MB", "1GB", "2GB", "0KB", "image/*", "'*/*'", "'*/x'", "Application/PDF", "a/b/c",
  ]

  @Test func `every value that the loader accepts for a key is valid by the schema, and hardly any other`() throws {
    var taken: [String] = []
    var refused: [String] = []
    for section in Schema.sections {
      for key in section.keys {
        let smallest = SmallFile.smallest(key.type)
        let words = key.type.words + [smallest, "'${U:-\(smallest.replacing("'", with: ""))}'", "[\(smallest)]"]
        let files = Set(Self.values + words).sorted().map { SmallFile(section: section.name, key: key, value: $0).text }
        let isTaken = { (text: String) in load(text, ["V": "x"]).rules != nil }
        let good = files.filter(isTaken)
        #expect(!good.isEmpty || key.type.holdsSections, "\(section.name).\(key.name): \(files[0])")
        taken += good
        refused += Set(files).subtracting(good)
      }
    }
    #expect(taken.count > 1_000 && refused.count > 1_000)
    let problems = try Validator.problems(of: taken + refused)
    for (text, problem) in zip(taken, problems) where problem != nil {
      Issue.record("the loader takes\n\(text)\nwhere the schema says \(problem ?? "")")
    }
    // The rest is left to the loader: the values of variables, and declarations elsewhere in the file.
    let missed = problems.dropFirst(taken.count).count { $0 == nil }
    #expect(missed * 10 < refused.count)
  }

  @Test func `each default in the schema is valid by the schema`() throws {
    let files = Schema.sections.flatMap { section in
      section.keys.compactMap { key in
        key.fallback.map { SmallFile(section: section.name, key: key, value: $0.text).text }
      }
    }
    #expect(files.count > 20)
    for (text, problem) in zip(files, try Validator.problems(of: files)) { #expect(problem == nil, "\(text)") }
    for text in files { #expect(load(text).diagnostics.allSatisfy { $0.severity == .warning }, "\(text)") }
  }
}

extension SchemaType {
  /// The words that are a value on their own.
  var words: [String] {
    switch self {
    case .choice(let words): words
    case .oneOrMany(let type), .list(let type), .named(let type, _): type.words
    case .either(let types): types.flatMap(\.words)
    default: []
    }
  }

  /// Indicates whether only a map is valid, or a list of maps.
  fileprivate var holdsSections: Bool {
    switch self {
    case .section: true
    case .oneOrMany(let type), .list(let type), .named(let type, _): type.holdsSections
    case .either(let types): types.allSatisfy(\.holdsSections)
    default: false
    }
  }
}
