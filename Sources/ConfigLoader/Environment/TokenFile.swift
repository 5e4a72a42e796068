import Core

/// A file that contains the token alone, as service managers and container runtimes provide secrets.
///
/// Its mode is not checked: containers mount secrets readable for all of their users, and the manager decides who has
/// access.
struct TokenFile {
  static let variable = "MATTERMOST_TOKEN_FILE"

  let path: String
  /// True if systemd provides the file (systemd.exec(5), `LoadCredential=`).
  let isCredential: Bool

  /// Returns the file that the environment names, or `nil` if it names none.
  init?(_ environment: Environment) {
    guard let path = environment.variables[Self.variable], !path.isEmpty else { return nil }
    self.path = path
    let folder = environment.variables["CREDENTIALS_DIRECTORY"] ?? ""
    isCredential = !folder.isEmpty && path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
  }

  /// Reads the token, without line feeds at its end.
  func token() throws(Problem) -> String {
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = try FileBytes.read(path, max: Limits.tokenFileBytesMax + 1).bytes
    } catch {
      throw problem(.unreadable(error))
    }
    guard bytes.count <= Limits.tokenFileBytesMax else { throw problem(.tooLarge) }
    let end = bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }.map { $0 + 1 } ?? 0
    guard end > 0 else { throw problem(.empty) }
    // Bytes that are not UTF-8 become a character that no token has.
    let token = String(decoding: bytes[..<end], as: UTF8.self)
    if let reason = TokenProblem(token) { throw problem(.badToken(reason)) }
    return token
  }

  private func problem(_ reason: Problem.Reason) -> Problem {
    Problem(path: path, isCredential: isCredential, reason: reason)
  }

  /// The reason why a token file cannot be used. It never contains the file's content.
  struct Problem: Error, Sendable, Equatable {
    let path: String
    let isCredential: Bool
    let reason: Reason

    enum Reason: Sendable, Equatable {
      case unreadable(FileProblem)
      case empty
      case tooLarge
      case badToken(TokenProblem)
    }

    var text: (problem: String, remedy: String) {
      let source =
        isCredential
        ? "the file that the unit's LoadCredential= names for it, then restart the service"
        : "it, alone and on one line"
      let write = "write the bot's token into \(source)"
      return switch reason {
      case .unreadable(.missing):
        (
          "\(TokenFile.variable) names \(path), which does not exist",
          isCredential
            ? "add LoadCredential=\(path.lastName):/etc/edgecrab/token to the unit" : "create it, and \(write)"
        )
      case .unreadable(.noPermission):
        ("\(TokenFile.variable) names \(path), which is not readable", "make it readable for edgecrab's user")
      case .unreadable(let problem):
        ("\(TokenFile.variable) names \(path), which cannot be read: \(problem.reason)", "name a regular file")
      case .empty: ("\(TokenFile.variable) names \(path), which is empty", write)
      case .tooLarge:
        (
          "\(TokenFile.variable) names \(path), which is larger than \(Limits.tokenFileBytesMax) bytes",
          "check that it is the right file; \(write)"
        )
      case .badToken(.lineBreak): ("the token in \(path) contains a line break", write)
      case .badToken(.space): ("the token in \(path) contains a space", write)
      case .badToken(.character):
        ("the token in \(path) contains a character that no token has", "copy it again from Mattermost; \(write)")
      }
    }
  }
}

extension String {
  fileprivate var lastName: Substring { self[(lastIndex(of: "/").map { index(after: $0) } ?? startIndex)...] }
}
