import ConfigLoader
import Foundation
import RuleEngine
import TestSupport
import Testing

/// The copy of the last good rules file.
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

  private func keep(_ text: String, from origin: String = "/etc/rules.yaml") throws {
    try lastGood.keep(
      RulesFile.load(text: text, file: origin, environment: ["KEY": "sekrit"], now: 0), at: moment)
  }

  @Test func `it gives the rules back, with their moment and the file's fingerprint`() throws {
    try keep(yaml)
    let kept = try #require(lastGood.load(for: "/etc/rules.yaml", environment: ["KEY": "other"], now: 0))
    let rules = try #require(kept.loaded.rules, "\(kept.loaded.report)")
    #expect(rules.rules.map(\.name) == ["all"])
    #expect(rules.rules[0].location.description.hasPrefix("\(lastGood.path):4:"))
    #expect(kept.moment == moment)
    #expect(kept.fingerprint == RulesFile.load(text: yaml, file: "", environment: [:], now: 0).fingerprint)
  }

  @Test func `a file with a byte order mark is kept as well`() throws {
    try keep("\u{FEFF}" + yaml)
    let kept = try #require(lastGood.load(for: "/etc/rules.yaml", environment: ["KEY": "other"], now: 0))
    #expect(kept.loaded.rules?.rules.map(\.name) == ["all"], "\(kept.loaded.report)")
    #expect(
      kept.fingerprint == RulesFile.load(text: "\u{FEFF}" + yaml, file: "", environment: [:], now: 0).fingerprint)
  }

  @Test func `it holds no variable's value and only its owner may read it`() throws {
    try keep(yaml)
    let text = try String(contentsOfFile: lastGood.path, encoding: .utf8)
    #expect(text.hasSuffix(yaml) && text.contains("${KEY}") && !text.contains("sekrit"))
    let mode = try FileManager.default.attributesOfItem(atPath: lastGood.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["rules.last-good.yaml"])
  }

  @Test func `a newer one takes its place`() throws {
    try keep(yaml)
    try keep(yaml.replacing("name: all", with: "name: newer"))
    let kept = lastGood.load(for: "/etc/rules.yaml", environment: ["KEY": ""], now: 0)
    #expect(kept?.loaded.rules?.rules.map(\.name) == ["newer"])
  }

  @Test func `it stands in for no other file`() throws {
    try keep(yaml)
    #expect(lastGood.load(for: "/etc/other.yaml", environment: ["KEY": ""], now: 0) == nil)
  }

  @Test func `a relative path is that of one folder only`() throws {
    try keep(yaml, from: "rules.yaml")
    let here = FileManager.default.currentDirectoryPath
    #expect(lastGood.load(for: here + "/rules.yaml", environment: ["KEY": ""], now: 0) != nil)
  }

  @Test(arguments: ["", "# last good rules, kept by edgecrab: {}", "version: 1\n", "\u{0}\u{1}\n"])
  func `a copy that is none is not used`(text: String) throws {
    _ = try folder.write(text, to: "rules.last-good.yaml")
    #expect(lastGood.load(for: "/etc/rules.yaml", environment: [:], now: 0) == nil)
  }

  @Test func `a copy that somebody changed is not used`() throws {
    try keep(yaml)
    let text = try String(contentsOfFile: lastGood.path, encoding: .utf8)
    _ = try folder.write(text.replacing("mention", with: "message"), to: "rules.last-good.yaml")
    #expect(lastGood.load(for: "/etc/rules.yaml", environment: ["KEY": ""], now: 0) == nil)
  }

  @Test(arguments: [("missing", "its folder is gone"), ("taken", "a folder has its name")])
  func `where it cannot be written, that is said, and nothing is left over`(home: String, reason: String) throws {
    let nowhere = LastGoodRules(home: folder.path(home))
    let directory = folder.url.appending(path: "taken/rules.last-good.yaml")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let loaded = RulesFile.load(text: yaml, file: "r", environment: ["KEY": ""], now: 0)
    let error = #expect(throws: LastGoodRulesError.self) { try nowhere.keep(loaded, at: moment) }
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
  func `a fingerprint is the SHA-256 of the standard's examples`(text: String, digits: String) {
    #expect(RulesFile.load(text: text, file: "", environment: [:], now: 0).fingerprint == digits)
  }
}
