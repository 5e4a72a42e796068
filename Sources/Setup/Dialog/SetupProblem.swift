/// The reason why `edgecrab setup` ends early. It has written nothing then, unless the problem is `incomplete`.
package enum SetupProblem: Error, Sendable {
  /// There is no one to ask, and these flags would answer.
  case missing([String])
  case wrong(flag: String, WrongAnswer)
  /// The input ended before the last answer.
  case inputEnded
  /// A person chose not to write.
  case declined
  /// A sentence or two.
  case other(String)
  /// Some files were written; the sentences name them.
  case incomplete(String)

  /// The exit code: 64 if the command line has to be completed.
  package var exitCode: Int32 { if case .missing = self { 64 } else { 1 } }

  /// The reason, and what to do.
  package var text: String {
    switch self {
    case .missing(let flags):
      "There is no terminal to ask on, or --yes was given: answer with \(flags.joined(separator: ", ")). "
        + "See `edgecrab setup --help`. \(Self.nothing)"
    case .wrong(let flag, let answer): "\(flag): \(answer.sentence) \(Self.nothing)"
    case .inputEnded: "The input ended before the last answer. \(Self.nothing)"
    case .declined: Self.nothing
    case .other(let text): "\(text) \(Self.nothing)"
    case .incomplete(let text): text
    }
  }

  private static let nothing = "Nothing was written."
}
