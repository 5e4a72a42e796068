import ConfigLoader
import Foundation
import Testing

/// The dictionary of the fuzzer has the words of the schema. `UPDATE_GOLDEN=1` rewrites it.
@Suite struct DictionaryTests {
  @Test func `the dictionary has every key and every fixed value`() throws {
    let schema = try JSONSerialization.jsonObject(with: Data(RulesSchema.json.utf8))
    var words: Set<String> = []
    collect(schema, into: &words)
    #expect(words.isSuperset(of: ["rules", "when", "starts_with", "channel-wide"]))
    let lines = words.sorted().map { "\"\($0)\"\n" }.joined()
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fuzz/rules.dict").standardizedFileURL
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try lines.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == lines)
  }

  /// Returns all names of properties and values of `const` and `enum`.
  private func collect(_ value: Any, into words: inout Set<String>) {
    if let list = value as? [Any] { for value in list { collect(value, into: &words) } }
    guard let map = value as? [String: Any] else { return }
    for (key, value) in map {
      switch key {
      case "properties": if let properties = value as? [String: Any] { words.formUnion(properties.keys) }
      case "const": words.formUnion([value as? String].compactMap(\.self))
      case "enum": words.formUnion((value as? [Any] ?? []).compactMap { $0 as? String })
      default: break
      }
      collect(value, into: &words)
    }
  }
}
