package import Foundation

/// A folder of a test's own, gone with the last who knows it.
package final class TemporaryFolder: Sendable {
  package let url: URL

  /// Has the files of tests be as most users' are, and not as whoever runs the tests likes theirs.
  private static let mask = umask(0o022)

  package init() throws {
    _ = Self.mask
    url = FileManager.default.temporaryDirectory.appending(path: "edgecrab-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in it.
  package func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a file into it, or into a folder in it, and returns its path.
  package func write(_ text: String, to name: String) throws -> String {
    if name.contains("/") {
      try FileManager.default.createDirectory(
        at: url.appending(path: name).deletingLastPathComponent(), withIntermediateDirectories: true)
    }
    try text.write(to: url.appending(path: name), atomically: false, encoding: .utf8)
    return path(name)
  }

  /// The files as they are now, as a killed process would leave them.
  package func snapshot() throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: url.path) {
      try FileManager.default.copyItem(atPath: path(name), toPath: copy.path(name))
    }
    return copy
  }
}
