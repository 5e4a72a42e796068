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
    guard let path = environment.value(Self.variable) else { return nil }
    self.path = path
    let folder = environment.variables["CREDENTIALS_DIRECTORY"] ?? ""
    isCredential = !folder.isEmpty && path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
  }

  /// Reads the token, without line feeds at its end.
  func token() throws(Problem) -> String {
    let token: String
    do throws(SecretFile.Problem) {
      token = try SecretFile.read(path)
    } catch {
      throw problem(.file(error))
    }
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
      case file(SecretFile.Problem)
      case badToken(TokenProblem)
    }

    var text: (problem: String, remedy: String) {
      let source =
        isCredential
        ? "the file that the unit's LoadCredential= names for it, then restart the service"
        : "it, alone and on one line"
      let write = "write the bot's token into \(source)"
      return switch reason {
      case .file(.unreadable(.missing)):
        (
          "\(TokenFile.variable) names \(path), which does not exist",
          isCredential
            ? "add LoadCredential=\(path.lastName):/etc/edgecrab/token to the unit" : "create it, and \(write)"
        )
      case .file(.unreadable(.noPermission)):
        ("\(TokenFile.variable) names \(path), which is not readable", "make it readable for edgecrab's user")
      case .file(.unreadable(let problem)):
        ("\(TokenFile.variable) names \(path), which cannot be read: \(problem.reason)", "name a regular file")
      case .file(.empty): ("\(TokenFile.variable) names \(path), which is empty", write)
      case .file(.tooLarge):
        (
          "\(TokenFile.variable) names \(path), which is larger than \(Limits.secretBytesMax) bytes",
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
