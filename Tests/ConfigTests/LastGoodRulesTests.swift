import ConfigLoader
import Foundation
import RuleEngine
import TestSupport
import Testing

@Suite struct LastGoodRulesTests {
  private let folder: TemporaryFolder
  private let lastGood: LastGoodRules
  private let moment = Date(timeIntervalSince1970: 1_750_000_000)
  private let yaml = """
    version: 1
    agents: { coder: { type: openai, base_url: "http://localhost/v1", model: m, api_key: "${KEY}" } }
    rules: [{ name: all, when: { trigger: [mention, dm] }, agent: coder }]
    """

  init() throws {
    folder = try TemporaryFolder()
    lastGood = LastGoodRules(home: folder.url.path)
  }

  private func save(_ text: String, from origin: String = "/etc/rules.yaml") throws {
    try lastGood.save(
      RulesFile.load(text: text, file: origin, environment: ["KEY": "sekrit"], now: 0), at: moment)
  }

  @Test func `a saved copy returns the rules, the time and the fingerprint of the file`() throws {
    try save(yaml)
    let copy = try #require(lastGood.load(for: "/etc/rules.yaml", environment: ["KEY": "other"], now: 0))
    let rules = try #require(copy.loaded.rules, "\(copy.loaded.report)")
    #expect(rules.rules.map(\.name) == ["all"])
    #expect(rules.rules[0].location.description.hasPrefix("\(lastGood.path):4:"))
    #expect(copy.moment == moment)
    #expect(copy.fingerprint == RulesFile.load(text: yaml, file: "", environment: [:], now: 0).fingerprint)
  }

  @Test func `a file with a byte order mark can be saved`() throws {
    try save("\u{FEFF}" + yaml)
    let copy = try #require(lastGood.load(for: "/etc/rules.yaml", environment: ["KEY": "other"], now: 0))
    #expect(copy.loaded.rules?.rules.map(\.name) == ["all"], "\(copy.loaded.report)")
    #expect(
      copy.fingerprint == RulesFile.load(text: "\u{FEFF}" + yaml, file: "", environment: [:], now: 0).fingerprint)
  }

  @Test func `the copy contains no values of variables, and only its owner may read it`() throws {
    try save(yaml)
    let text = try String(contentsOfFile: lastGood.path, encoding: .utf8)
    #expect(text.hasSuffix(yaml) && text.contains("${KEY}") && !text.contains("sekrit"))
    let mode = try FileManager.default.attributesOfItem(atPath: lastGood.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["rules.last-good.yaml"])
  }

  @Test func `a newer copy replaces the previous one`() throws {
    try save(yaml)
    try save(yaml.replacing("name: all", with: "name: newer"))
    let copy = lastGood.load(for: "/etc/rules.yaml", environment: ["KEY": ""], now: 0)
    #expect(copy?.loaded.rules?.rules.map(\.name) == ["newer"])
  }

  @Test func `a copy is not used for another file`() throws {
    try save(yaml)
    #expect(lastGood.load(for: "/etc/other.yaml", environment: ["KEY": ""], now: 0) == nil)
  }

  @Test func `a copy of a relative path is used for the absolute path of its folder`() throws {
    try save(yaml, from: "rules.yaml")
    let here = FileManager.default.currentDirectoryPath
    #expect(lastGood.load(for: here + "/rules.yaml", environment: ["KEY": ""], now: 0) != nil)
  }

  @Test(arguments: ["", "# last good rules, kept by edgecrab: {}", "version: 1\n", "\u{0}\u{1}\n"])
  func `a malformed copy is not used`(text: String) throws {
    _ = try folder.write(text, to: "rules.last-good.yaml")
    #expect(lastGood.load(for: "/etc/rules.yaml", environment: [:], now: 0) == nil)
  }

  @Test func `a modified copy is not used`() throws {
    try save(yaml)
    let text = try String(contentsOfFile: lastGood.path, encoding: .utf8)
    _ = try folder.write(text.replacing("mention", with: "message"), to: "rules.last-good.yaml")
    #expect(lastGood.load(for: "/etc/rules.yaml", environment: ["KEY": ""], now: 0) == nil)
  }

  @Test(arguments: [("missing", "its folder does not exist"), ("taken", "a folder has its name")])
  func `a copy that cannot be written is an error, and leaves no files`(home: String, reason: String) throws {
    let nowhere = LastGoodRules(home: folder.path(home))
    let directory = folder.url.appending(path: "taken/rules.last-good.yaml")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let loaded = RulesFile.load(text: yaml, file: "r", environment: ["KEY": ""], now: 0)
    let error = #expect(throws: LastGoodRulesError.self) { try nowhere.save(loaded, at: moment) }
    #expect(error?.description.contains(reason) == true)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).count == 2)
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `a fingerprint is the SHA-256 of the file`(text: String, digits: String) {
    #expect(RulesFile.load(text: text, file: "", environment: [:], now: 0).fingerprint == digits)
  }
}
