import Foundation
import TestSupport
import Testing

@testable import ConfigLoader

@Suite struct DocumentedRulesTests {
  private static let docs = URL(filePath: #filePath).appending(path: "../../../docs").standardizedFileURL

  @Test(arguments: ["agents.md", "sessions.md"])
  func `the rules files in the documentation have no diagnostics`(document: String) throws {
    let text = try String(contentsOf: Self.docs.appending(path: document), encoding: .utf8)
    let examples = text.matches(of: /(?ms)^```yaml\n(.*?)^```$/).map { String($0.output.1) }
    #expect(!examples.isEmpty)
    for example in examples {
      let loaded = RulesFile.load(text: example, file: document, environment: [:], now: 0)
      #expect(loaded.diagnostics.isEmpty, "\(loaded.report)")
    }
  }
}
