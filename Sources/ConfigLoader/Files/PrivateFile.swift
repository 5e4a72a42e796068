/// A file of edgecrab's own state: readable only by its owner, and written atomically.
package enum PrivateFile {
  /// Reads at most `max` bytes.
  package static func read(_ path: String, max: Int) throws(FileProblem) -> [UInt8] {
    try FileBytes.read(path, max: max).bytes
  }

  /// Replaces the file.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    try FileReplacement.write(bytes, to: path, mode: 0o600)
  }
}
