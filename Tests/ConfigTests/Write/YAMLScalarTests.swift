import Foundation
import Testing
import Workload

@testable import ConfigLoader

@Suite struct YAMLScalarTests {
  @Test(arguments: [
    ("alice", "alice"), ("direct messages", "direct messages"), ("group:oncall", "group:oncall"),
    ("http://localhost:11434/v1", "http://localhost:11434/v1"), ("déjà vu", "déjà vu"),
    ("08:00-18:00", "'08:00-18:00'"),
    ("", "''"), (" a", "' a'"), ("a ", "'a '"), ("a: b", "'a: b'"), ("a:", "'a:'"), ("a #b", "'a #b'"),
    ("@bot", "'@bot'"),
    ("true", "'true'"), ("No", "'No'"), ("~", "'~'"), ("12", "'12'"), ("1e3", "'1e3'"), ("0x1F", "'0x1F'"),
    ("2025-06-01", "'2025-06-01'"), ("- a", "'- a'"), ("[a]", "'[a]'"), ("a, b", "'a, b'"), ("*", "'*'"),
    ("!stop", "'!stop'"),
    ("it's", "\"it's\""), ("it's \"so\"", "'it''s \"so\"'"), ("a\nb", #""a\nb""#), ("a\u{7}b", #""a\x07b""#),
    ("a\u{202E}b", #""a\u202Eb""#), ("a\u{E0001}b", #""a\U000E0001b""#), (#"\d+"#, #"'\d+'"#),
  ])
  func `a scalar has quotes only if it needs them`(text: String, written: String) {
    #expect(YAMLScalar.written(text) == written)
  }

  @Test func `a written scalar is read as the same text as a value, as a key and in a list`() throws {
    var random = SeededGenerator(seed: 4)
    let alphabet = Array(
      "ab1 :#'\"\\-?,[]{}&*!|>%@`~=<$\n\r\t.eE+_/()é世🦀\u{85}\u{A0}\u{2028}\u{200B}\u{FEFF}\u{202E}\u{0}".unicodeScalars)
    for _ in 0..<3_000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...7, using: &random) {
        scalars.append(alphabet[Int.random(in: alphabet.indices, using: &random)])
      }
      let text = String(scalars)
      let written = YAMLScalar.written(text)
      let yaml = "value: \(written)\n\(written): [\(written), { inner: \(written) }]\n"
      let tree = ConfigTree(SourceText(file: "scalar.yaml", text: yaml))
      guard case .mapping(let entries)? = tree.root?.value, entries.count == 2 || text == "value" else {
        Issue.record("\(text.debugDescription) as \(written): \(tree.diagnostics.map(\.message))")
        continue
      }
      #expect(entries[0].value.text == text, "\(written)")
      #expect(entries[1].key == text, "\(written)")
      guard case .sequence(let items) = entries[1].value.value, items.count == 2,
        case .mapping(let inner) = items[1].value
      else {
        Issue.record("\(text.debugDescription) as \(written) is no list")
        continue
      }
      #expect(items[0].text == text && inner.first?.value.text == text, "\(written)")
    }
  }
}

extension ConfigNode {
  fileprivate var text: String? { if case .scalar(let text, _) = value { text } else { nil } }
}
