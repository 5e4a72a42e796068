import Core

/// A problem of the environment or of `.env`. It never contains a value, which may be a secret.
package struct SettingsProblem: Sendable, Equatable, CustomStringConvertible {
  let reason: Reason
  let location: Location?

  init(_ reason: Reason, _ location: Location? = nil) {
    self.reason = reason
    self.location = location
  }

  init(unsafe: UnsafePath) {
    self.init(.unsafe(unsafe), Location(file: unsafe.path, line: 0, column: 0))
  }

  /// A location in a `.env` file; line 0 means the whole file.
  struct Location: Sendable, Equatable {
    var file: String
    var line: Int
    var column: Int
  }

  enum Reason: Sendable, Equatable {
    case noHome
    case open(mode: UInt32)
    case unsafe(UnsafePath)
    case unreadable(FileProblem)
    case tooLarge
    case notUTF8
    case line(EnvironmentLine.Problem)
    case setTwice(String, firstLine: Int)
    case typo(String, meant: String)
    case missing(String, file: String)
    case badURL(WebAddress.Problem)
    case badToken(TokenProblem)
    case tokenFile(TokenFile.Problem)
    case tokenTwice
    case keyAlone
  }

  /// The location, the problem and the remedy.
  package var description: String { remedy.map { "\(summary); \($0)" } ?? summary }

  /// The location and the problem.
  package var summary: String {
    guard let location else { return text.problem }
    return location.line == 0
      ? "\(location.file): \(text.problem)" : "\(location.file):\(location.line):\(location.column): \(text.problem)"
  }

  /// The remedy, or `nil` if there is none.
  package var remedy: String? { text.remedy }

  private var text: (problem: String, remedy: String?) {
    let file = location?.file ?? ""
    return switch reason {
    case .noHome: ("neither EDGECRAB_HOME nor HOME is set", "set EDGECRAB_HOME to edgecrab's folder")
    case .open(let mode):
      (
        "other users can read this file, which contains secrets (mode \(String(mode, radix: 8)))",
        "run `chmod 600 \(file)`"
      )
    case .unsafe(let unsafe): (unsafe.problem, unsafe.remedy)
    case .unreadable(.isDirectory): ("this is a directory", ".env must be a file")
    case .unreadable(.noPermission): ("this file is not readable", "run `chmod 600 \(file)` as its owner")
    case .unreadable(.notAFile): ("this is a pipe or a device", ".env must be a regular file")
    case .unreadable(.missing): ("this file does not exist", nil)
    case .unreadable(.isBrokenLink): ("this is a broken link", "repair or remove it")
    case .unreadable(.other(let reason)): ("this file cannot be read: \(reason)", nil)
    case .tooLarge:
      ("this file is larger than \(Limits.environmentBytesMax / 1024) KiB", "check that it is the right file")
    case .notUTF8: ("this is not UTF-8", "save the file as UTF-8")
    case .line(let problem): problem.text
    case .setTwice(let name, let line): ("\(name) is set a second time, after line \(line)", "keep one of them")
    case .typo(let name, let meant): ("\(name) is not a variable of edgecrab", "did you mean \(meant)?")
    case .missing("MATTERMOST_URL", let file):
      (
        "MATTERMOST_URL is not set",
        "run `edgecrab setup`, export it, or write MATTERMOST_URL=https://chat.example.com into \(file)"
      )
    case .missing("MATTERMOST_TOKEN", let file):
      (
        "MATTERMOST_TOKEN is not set",
        "create a bot account in Mattermost under Integrations, and export its access token, "
          + "or write MATTERMOST_TOKEN=… into \(file)"
      )
    case .missing(let name, let file): ("\(name) is not set", "export it, or write it into \(file)")
    case .badURL(let problem): ("MATTERMOST_URL \(problem)", "write it like https://chat.example.com")
    case .badToken(let problem):
      (
        "MATTERMOST_TOKEN \(problem.reason)",
        problem == .character ? "copy it again from Mattermost" : "set it to the token alone"
      )
    case .tokenFile(let problem): problem.text
    case .tokenTwice:
      ("MATTERMOST_TOKEN and MATTERMOST_TOKEN_FILE are both set", "remove one of them")
    case .keyAlone: ("EDGECRAB_CLIENT_KEY is set without EDGECRAB_CLIENT_CERT", "set both, or neither")
    }
  }
}

extension EnvironmentLine.Problem {
  fileprivate var text: (problem: String, remedy: String?) {
    switch self {
    case .noName: ("a variable's name is missing here", "write NAME=value")
    case .noEqualsSign: ("a `=` is missing here", "write NAME=value")
    case .spaceAtEqualsSign: ("there is a space next to the `=`", "write NAME=value")
    case .unclosedQuote: ("this quote is not closed", "close it on the same line")
    case .textAfterQuote: ("this text follows the closing quote", "only a comment may follow it")
    case .controlCharacter: ("this control character cannot be part of a value", "remove it")
    }
  }
}

/// All problems of the settings.
package struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The problems, `.env` first.
  package let problems: [SettingsProblem]

  /// The problems, a line each.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
