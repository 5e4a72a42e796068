/// There is no rules file to read: the tool could not run, other than where it ran and found something.
package struct RulesFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file's path as the user gave it.
  package let path: String
  let problem: FileProblem
  /// Whether it was to be written, not read.
  var isWriting = false

  /// Whether there is nothing at the path.
  package var isMissing: Bool { problem == .missing || problem == .isBrokenLink }

  /// One sentence: what happened and what to do.
  package var description: String {
    let path = quoted(path)
    return switch problem {
    case .missing: "there is no rules file \(path); check the path"
    case .isBrokenLink: "the rules file \(path) is a link that leads nowhere; mend or remove it"
    case .isDirectory: "the rules file \(path) is a directory; name a file in it"
    case .noPermission where isWriting:
      "the rules file \(path) may not be written; give yourself the right to, for it and its folder, with `chmod u+w`"
    case .noPermission: "the rules file \(path) may not be read; give yourself the right to with `chmod u+r`"
    case .notAFile: "the rules file \(path) is a socket or a device; name an ordinary file"
    case .other(let reason) where isWriting: "the rules file \(path) cannot be written: \(reason)"
    case .other(let reason): "the rules file \(path) cannot be read: \(reason)"
    }
  }
}
