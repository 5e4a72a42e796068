import Foundation
import FuzzTargets
import Testing

/// Bytes that broke a promise once break none any more.
@Suite(.timeLimit(.minutes(1))) struct RegressionTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fuzz/Regressions").standardizedFileURL

  @Test(arguments: FuzzTarget.allCases)
  func `every saved input passes its fuzz target`(_ target: FuzzTarget) throws {
    let folder = Self.root.appending(path: target.rawValue)
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files {
      let broken = target.broken(by: Array(try Data(contentsOf: file)))
      #expect(broken == nil, "\(file.lastPathComponent)")
    }
  }
}
