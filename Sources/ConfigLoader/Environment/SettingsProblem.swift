import Core

/// Something wrong with the environment or `.env`. It never holds a value, which may be a secret.
package struct SettingsProblem: Sendable, Equatable, CustomStringConvertible {
  let reason: Reason
  let place: Place?

  init(_ reason: Reason, _ place: Place? = nil) {
    self.reason = reason
    self.place = place
  }

  init(unsafe: UnsafePath) {
    self.init(.unsafe(unsafe), Place(file: unsafe.path, line: 0, column: 0))
  }

  /// A place in a `.env` file; line 0 is the file as a whole.
  struct Place: Sendable, Equatable {
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
    case slip(String, meant: String)
    case missing(String, file: String)
    case badURL(WebAddress.Problem)
    case badToken(TokenProblem)
    case keyAlone
  }

  /// Where, what, and what to do.
  package var description: String {
    guard let place else { return text(file: "") }
    return place.line == 0
      ? "\(place.file): \(text(file: place.file))"
      : "\(place.file):\(place.line):\(place.column): \(text(file: place.file))"
  }

  private func text(file: String) -> String {
    switch reason {
    case .noHome: "neither EDGECRAB_HOME nor HOME is set; set EDGECRAB_HOME to edgecrab's folder"
    case .open(let mode):
      "others may read this file, which holds secrets (mode \(String(mode, radix: 8))); run `chmod 600 \(file)`"
    case .unsafe(let unsafe): unsafe.text
    case .unreadable(.isDirectory): "this is a directory; .env must be a file"
    case .unreadable(.noPermission): "this file may not be read; run `chmod 600 \(file)` as its owner"
    case .unreadable(.notAFile): "this is a pipe or a device; .env must be an ordinary file"
    case .unreadable(.missing): "this file is gone"
    case .unreadable(.isBrokenLink): "this is a link that leads nowhere; mend or remove it"
    case .unreadable(.other(let reason)): "this file cannot be read: \(reason)"
    case .tooLarge: "this file is larger than \(Limits.environmentBytesMax / 1024) KiB; is it the right one?"
    case .notUTF8: "this is not UTF-8; save the file as UTF-8"
    case .line(let problem): problem.text
    case .setTwice(let name, let line): "\(name) is set a second time, after line \(line); keep one of them"
    case .slip(let name, let meant): "\(name) is not a variable of edgecrab; did you mean \(meant)?"
    case .missing("MATTERMOST_URL", let file):
      "MATTERMOST_URL is not set; export it, or write MATTERMOST_URL=https://chat.example.com into \(file)"
    case .missing("MATTERMOST_TOKEN", let file):
      "MATTERMOST_TOKEN is not set; create a bot account in Mattermost under Integrations, and export its access token, "
        + "or write MATTERMOST_TOKEN=… into \(file)"
    case .missing(let name, let file): "\(name) is not set; export it, or write it into \(file)"
    case .badURL(let problem): "MATTERMOST_URL \(problem); write it like https://chat.example.com"
    case .badToken(.lineBreak): "MATTERMOST_TOKEN holds a line break; set it to the token alone"
    case .badToken(.space): "MATTERMOST_TOKEN holds a space; set it to the token alone"
    case .badToken(.character):
      "MATTERMOST_TOKEN holds a character that no token has; copy it again from Mattermost"
    case .keyAlone: "EDGECRAB_CLIENT_KEY is set without EDGECRAB_CLIENT_CERT; set both, or neither"
    }
  }
}

extension EnvironmentLine.Problem {
  fileprivate var text: String {
    switch self {
    case .noName: "here a variable's name must stand; write NAME=value"
    case .noEqualsSign: "here a `=` must stand; write NAME=value"
    case .spaceAtEqualsSign: "no space may stand beside the `=`; write NAME=value"
    case .unclosedQuote: "this quote is never closed; close it on the same line"
    case .textAfterQuote: "after the closing quote nothing but a comment may stand"
    case .controlCharacter: "this control character cannot be part of a value; take it out"
    }
  }
}

/// Everything that is wrong with the settings.
package struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The problems, `.env` first.
  package let problems: [SettingsProblem]

  /// The problems, each on its line.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
