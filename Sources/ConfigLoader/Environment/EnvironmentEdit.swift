/// A `.env` file with variables set to other values. Its other lines and its comments stay as they are.
package struct EnvironmentEdit: Sendable {
  package let path: String
  /// The names of the variables that it sets, without those that have the value already.
  package private(set) var changed: [String] = []
  /// The whole text of the file.
  package private(set) var bytes: [UInt8]
  /// The text of the file when it was read; `nil` if it did not exist.
  package let old: [UInt8]?

  /// Indicates whether the file does not exist yet.
  package var isNew: Bool { old == nil }

  /// Reads `.env`. It has no syntax errors: see `Environment.lastingProblems`.
  package init(in environment: Environment) throws(FileProblem) {
    path = environment.filePath
    var present: [UInt8]?
    do throws(FileProblem) {
      present = try FileBytes.read(path, max: Limits.environmentBytesMax).bytes
    } catch .missing {
    }
    old = present
    bytes = present ?? Array(Self.heading.utf8)
  }

  /// Returns the file with variables set, in their order.
  package func setting(_ values: [(name: String, value: String)]) -> EnvironmentEdit {
    var edit = self
    for (name, value) in values { edit.set(name, to: value) }
    return edit
  }

  private mutating func set(_ name: String, to value: String) {
    let source = SourceText(file: path, bytes: bytes)
    let file = EnvironmentFile(path: path, bytes: bytes)
    guard file.variables[name] != value else { return }
    changed.append(name)
    if let line = file.locations[name]?.line, let text = EnvironmentLine.text(source.line(line), setting: value) {
      // The text of a source has no byte order mark; the file keeps it.
      bytes = source.mark + source.bytes(replacing: line, with: text)
    } else {
      if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
      bytes += Array("\(name)=\(EnvironmentLine.written(value))\n".utf8)
    }
  }

  private static let heading = """
    # The gateway's settings, one NAME=value a line. They are secrets: keep this
    # file's mode 600. Variables of the process that are not empty override it.

    """
}
