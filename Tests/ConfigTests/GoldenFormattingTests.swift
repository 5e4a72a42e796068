import ConfigLoader
import Foundation
import RulesTools
import TestSupport
import Testing

@Suite struct GoldenFormattingTests {
  @Test(arguments: Golden.files)
  func `a file with errors is not formatted, any other keeps its comments`(golden: Golden) throws {
    let source = try RulesFile.read(path: Golden.folder.appending(path: golden.name).path())
    func formatted(_ source: SourceText) throws -> String {
      try RulesFormatter.format(source, environment: golden.environment, now: now)
    }
    // A file can be formatted without its variables.
    guard golden.expected.allSatisfy({ $0.hasPrefix("W") || $0.hasPrefix("E0208") }) else {
      #expect(throws: RulesFormatterError.self) { _ = try formatted(source) }
      return
    }
    let once = try formatted(source)
    #expect(try formatted(SourceText(file: golden.name, text: once)) == once)
    #expect(once.components(separatedBy: "# expected").count == source.text.components(separatedBy: "# expected").count)
  }
}
