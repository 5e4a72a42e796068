/// A file that edgecrab keeps for itself: only its owner may read it, and it is the old one or the new one, whole.
package enum PrivateFile {
  /// At most `max` bytes of it.
  package static func read(_ path: String, max: Int) throws(FileProblem) -> [UInt8] {
    try FileBytes.read(path, max: max).bytes
  }

  /// Puts these bytes in its place.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    try FileReplacement.write(bytes, to: path, mode: 0o600)
  }
}
