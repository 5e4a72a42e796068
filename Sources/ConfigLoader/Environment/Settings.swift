package import Core

/// What edgecrab needs to know about the server, from the environment.
package struct Settings: Sendable {
  /// The server's address, with its path where it has one.
  package let url: WebAddress
  /// The bot's access token.
  package let token: Secret
  /// The file of the certificate to show to a server that asks for one (PEM), and that of its key; nil shows none.
  package let certificate: (file: String, key: String)?
  /// edgecrab's folder.
  package let home: String

  /// Checks the variables.
  ///
  /// - Throws: everything that is wrong with them and with `.env`, at once.
  package init(_ environment: Environment) throws(SettingsError) {
    var problems = environment.problems + Self.slips(in: environment)
    func variable(_ name: String) -> (text: String, place: SettingsProblem.Place?)? {
      guard let text = environment.variables[name], !text.isEmpty else {
        problems.append(SettingsProblem(.missing(name, file: environment.filePath)))
        return nil
      }
      return (text, environment.places[name])
    }
    var url: WebAddress?
    if let (text, place) = variable("MATTERMOST_URL") {
      do throws(WebAddress.Problem) {
        url = try WebAddress(text)
      } catch {
        problems.append(SettingsProblem(.badURL(error), place))
      }
    }
    let token = variable("MATTERMOST_TOKEN")
    if let (text, place) = token, let reason = TokenProblem(text) {
      problems.append(SettingsProblem(.badToken(reason), place))
    }
    let (file, key) = (Self.file("EDGECRAB_CLIENT_CERT", environment), Self.file("EDGECRAB_CLIENT_KEY", environment))
    if key != nil, file == nil {
      problems.append(SettingsProblem(.keyAlone, environment.places["EDGECRAB_CLIENT_KEY"]))
    }
    guard problems.isEmpty, let url, let token else { throw SettingsError(problems: problems) }
    self.url = url
    self.token = Secret(token.text)
    certificate = file.map { (file: $0, key: key ?? $0) }
    home = environment.home
  }

  private static func file(_ name: String, _ environment: Environment) -> String? {
    environment.variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Every variable of edgecrab's begins so.
  private static let prefix = "MATTERMOST_"

  /// The variables that edgecrab and its built-in rules ask, behind the prefix.
  private static let names = ["URL", "TOKEN", "ALLOWED_USERS"]

  /// Names that are hardly meant: without this, a slip in MATTERMOST_ALLOWED_USERS lets in everyone.
  private static func slips(in environment: Environment) -> [SettingsProblem] {
    environment.variables.keys.sorted().compactMap { name in
      // Without the prefix, which all share, so that only what differs counts as a slip.
      guard name.hasPrefix(prefix), !names.contains(where: { prefix + $0 == name }),
        let nearest = Spelling.nearest(to: name.dropFirst(prefix.count), among: names)
      else { return nil }
      return SettingsProblem(.slip(name, meant: prefix + nearest), environment.places[name])
    }
  }
}

/// Why a text cannot be a token: it goes into an HTTP header, where a line break would begin another one.
enum TokenProblem: Equatable {
  case lineBreak, space, character

  init?(_ text: String) {
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
}
