package import Core

/// The address and the credentials of the server, from the environment.
package struct Settings: Sendable {
  /// The address of the server, with its path.
  package let url: WebAddress
  /// The bot's access token.
  package let token: Secret
  /// The files of the client certificate and of its key (PEM), if there is one.
  package let certificate: (file: String, key: String)?
  /// edgecrab's folder.
  package let home: String

  /// Checks the variables.
  ///
  /// - Throws: all problems of the variables and of `.env`.
  package init(_ environment: Environment) throws(SettingsError) {
    var problems = environment.problems + Self.typos(in: environment)
    func variable(_ name: String) -> (text: String, location: SettingsProblem.Location?)? {
      guard let text = environment.value(name) else {
        problems.append(SettingsProblem(.missing(name, file: environment.filePath)))
        return nil
      }
      return (text, environment.locations[name])
    }
    var url: WebAddress?
    if let (text, location) = variable("MATTERMOST_URL") {
      do throws(WebAddress.Problem) {
        url = try WebAddress(text)
      } catch {
        problems.append(SettingsProblem(.badURL(error), location))
      }
    }
    var token: String?
    if let file = TokenFile(environment) {
      let location = environment.locations[TokenFile.variable]
      if environment.value("MATTERMOST_TOKEN") != nil {
        problems.append(SettingsProblem(.tokenTwice, location))
      }
      do throws(TokenFile.Problem) {
        token = try file.token()
      } catch {
        problems.append(SettingsProblem(.tokenFile(error), location))
      }
    } else if let (text, location) = variable("MATTERMOST_TOKEN") {
      if let reason = TokenProblem(text) { problems.append(SettingsProblem(.badToken(reason), location)) }
      token = text
    }
    let (file, key) = (environment.value("EDGECRAB_CLIENT_CERT"), environment.value("EDGECRAB_CLIENT_KEY"))
    if key != nil, file == nil {
      problems.append(SettingsProblem(.keyAlone, environment.locations["EDGECRAB_CLIENT_KEY"]))
    }
    guard problems.isEmpty, let url, let token else { throw SettingsError(problems: problems) }
    self.url = url
    self.token = Secret(token)
    certificate = file.map { (file: $0, key: key ?? $0) }
    home = environment.home
  }

  /// Returns the source of the token: the file that MATTERMOST_TOKEN_FILE names, the path of `.env`, or `the
  /// environment`.
  package static func tokenOrigin(in environment: Environment) -> String {
    TokenFile(environment)?.path ?? environment.origin(of: "MATTERMOST_TOKEN")
  }

  /// Returns the token in the file that MATTERMOST_TOKEN_FILE names, or `nil` if that is not set.
  package static func filedToken(in environment: Environment) throws(SettingsError) -> Secret? {
    guard let file = TokenFile(environment) else { return nil }
    do throws(TokenFile.Problem) {
      return Secret(try file.token())
    } catch {
      throw SettingsError(problems: [SettingsProblem(.tokenFile(error), environment.locations[TokenFile.variable])])
    }
  }

  /// The prefix of the server's variables.
  private static let prefix = "MATTERMOST_"

  /// The variables of edgecrab and of its built-in rules, without the prefix.
  private static let names = ["URL", "TOKEN", "TOKEN_FILE", "ALLOWED_USERS"]

  /// Finds mistyped names: a mistake in MATTERMOST_ALLOWED_USERS would allow everyone.
  private static func typos(in environment: Environment) -> [SettingsProblem] {
    environment.variables.keys.sorted().compactMap { name in
      // Compared without the shared prefix, so that only the difference counts.
      guard name.hasPrefix(prefix), !names.contains(where: { prefix + $0 == name }),
        let nearest = Spelling.nearest(to: name.dropFirst(prefix.count), among: names)
      else { return nil }
      return SettingsProblem(.typo(name, meant: prefix + nearest), environment.locations[name])
    }
  }
}

/// The reason why a text cannot be a token. In an HTTP header, a line break would begin another header.
package enum TokenProblem: Error, Sendable, Equatable {
  case lineBreak, space, character

  /// Returns `nil` if the text can be a token.
  package init?(_ text: String) {
    let letters = text.unicodeScalars
    if letters.contains("\n") || letters.contains("\r") {
      self = .lineBreak
    } else if letters.contains(where: \.properties.isWhitespace) {
      self = .space
    } else if letters.contains(where: { !(0x21...0x7E).contains($0.value) }) {
      self = .character
    } else {
      return nil
    }
  }

  /// The problem as the end of a sentence that begins with the token's name.
  package var reason: String {
    switch self {
    case .lineBreak: "contains a line break"
    case .space: "contains a space"
    case .character: "contains a character that no token has"
    }
  }
}
