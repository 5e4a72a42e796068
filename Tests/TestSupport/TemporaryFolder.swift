package import Foundation

/// A folder for a test, deleted with the last reference to it.
package final class TemporaryFolder: Sendable {
  package let url: URL

  /// Sets the usual umask, whatever that of the user is who runs the tests.
  private static let mask = umask(0o022)

  package init() throws {
    _ = Self.mask
    url = FileManager.default.temporaryDirectory.appending(path: "edgecrab-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Returns the path of a file in the folder.
  package func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a file, creates its folder if necessary, and returns its path.
  package func write(_ text: String, to name: String) throws -> String {
    if name.contains("/") {
      try FileManager.default.createDirectory(
        at: url.appending(path: name).deletingLastPathComponent(), withIntermediateDirectories: true)
    }
    try text.write(to: url.appending(path: name), atomically: false, encoding: .utf8)
    return path(name)
  }

  /// Copies the folder as it is now, as a killed process would leave it.
  package func snapshot() throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: url.path) {
      try FileManager.default.copyItem(atPath: path(name), toPath: copy.path(name))
    }
    return copy
  }
}
