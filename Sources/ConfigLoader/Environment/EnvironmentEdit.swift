/// A `.env` file with variables set to other values. Its other lines and its comments stay as they are.
package struct EnvironmentEdit: Sendable {
  package let path: String
  /// The names of the variables that it sets, without those that have the value already.
  package let changed: [String]
  /// The whole text of the file.
  package let bytes: [UInt8]
  /// Indicates whether the file does not exist yet.
  package let isNew: Bool

  /// Reads `.env` and sets variables, in their order. The file has no syntax errors: see `Environment.lastingProblems`.
  package init(_ values: [(name: String, value: String)], in environment: Environment) throws(FileProblem) {
    path = environment.filePath
    var bytes = Array(Self.heading.utf8)
    do throws(FileProblem) {
      bytes = try FileBytes.read(path, max: Limits.environmentBytesMax).bytes
      isNew = false
    } catch .missing {
      isNew = true
    }
    var changed: [String] = []
    for (name, value) in values {
      let source = SourceText(file: path, bytes: bytes)
      let file = EnvironmentFile(path: path, bytes: bytes)
      guard file.variables[name] != value else { continue }
      changed.append(name)
      if let line = file.locations[name]?.line,
        let text = EnvironmentLine.text(source.line(line), setting: value)
      {
        bytes = source.bytes(replacing: line, with: text)
      } else {
        if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        bytes += Array("\(name)=\(EnvironmentLine.written(value))\n".utf8)
      }
    }
    self.changed = changed
    self.bytes = bytes
  }

  private static let heading = """
    # The gateway's settings, one NAME=value a line. They are secrets: keep this
    # file's mode 600. Variables of the process that are not empty override it.

    """
}
