/// A file that holds one secret, such as a token.
package enum SecretFile {
  /// Returns the text of a file or a pipe, or of standard input if the path is `-`, without the line break at its end.
  package static func read(_ path: String) throws(FileProblem) -> String {
    let bytes =
      path == "-"
      ? try FileBytes.standardInput(max: Limits.secretBytesMax)
      : try FileBytes.read(path, max: Limits.secretBytesMax, mayBePipe: true).bytes
    var text = String(decoding: bytes, as: UTF8.self)
    while let last = text.last, last.isNewline { text.removeLast() }
    return text
  }
}
