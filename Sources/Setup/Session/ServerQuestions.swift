import ConfigLoader
import Core
import Doctor
import MattermostIO
import ServerLookup
import Transport

/// The server's address and the bot's token, which have been checked.
struct ServerAnswers: Sendable {
  let address: WebAddress
  let token: Secret
  /// True if the token is in the file that MATTERMOST_TOKEN_FILE names, and so not in `.env`.
  let isFiled: Bool

  /// The variables of `.env`, in the order in which they are written.
  var variables: [(name: String, value: String)] {
    [("MATTERMOST_URL", address.text)] + (isFiled ? [] : [("MATTERMOST_TOKEN", token.exposed)])
  }
}

extension SetupSession {
  /// Asks for the address and the token until Mattermost accepts them, and shows the doctor's checks.
  func server() async throws(SetupProblem) -> ServerAnswers {
    var address = try await address(present: environment.variables["MATTERMOST_URL"])
    let filed = try filedToken()
    var token = filed ?? Secret("")
    if filed == nil { token = try await self.token(present: environment.value("MATTERMOST_TOKEN")) }
    while true {
      let answers = ServerAnswers(address: address, token: token, isFiled: filed != nil)
      dialog.space()
      let report = await Doctor(
        DiagnosticInput(environment(with: answers), rules: .success(builtInRules)), logger: logger
      ).examineConnection()
      dialog.say(report.lines(dialog.style))
      switch report.fault {
      case nil: return answers
      case .settings: throw .other("The settings have the problems above.")
      case .address:
        guard dialog.isInteractive, flags.url == nil else {
          let origin = flags.url == nil ? "MATTERMOST_URL" : "--url"
          throw .other("Mattermost cannot be reached at the address of \(origin).")
        }
        address = try await self.address(present: address.text)
      case .token where filed != nil:
        throw .other("Mattermost does not accept the token in the file that MATTERMOST_TOKEN_FILE names, as a bot's.")
      case .token:
        guard dialog.isInteractive, flags.tokenFile == nil else {
          let origin = flags.tokenFile == nil ? "MATTERMOST_TOKEN" : "--token-file"
          throw .other("Mattermost does not accept the token of \(origin) as a bot's.")
        }
        token = try await self.token(present: nil, isRetry: true)
      }
    }
  }

  /// Returns the environment as it will be once `.env` is written.
  func environment(with answers: ServerAnswers, key: APIKey? = nil) -> Environment {
    var values = Dictionary(uniqueKeysWithValues: answers.variables.map { ($0.name, $0.value) })
    if let key { values[key.variable] = key.secret.exposed }
    return environment.setting(values)
  }

  /// Returns the token in the file that MATTERMOST_TOKEN_FILE names, which is not asked for and not written.
  private func filedToken() throws(SetupProblem) -> Secret? {
    let token: Secret?
    do throws(SettingsError) {
      token = try Settings.filedToken(in: environment)
    } catch {
      throw .other("\(error).")
    }
    guard token == nil || flags.tokenFile == nil else {
      throw .other("MATTERMOST_TOKEN_FILE names a file with the token: write it there, or remove the variable.")
    }
    return token
  }

  private func address(present: String?) async throws(SetupProblem) -> WebAddress {
    let present = present.flatMap { try? WebAddress($0) }
    let prompt = "Mattermost's address, as in a browser" + (present.map { " [\($0)]" } ?? "") + ": "
    return try await dialog.answer(to: Question(flag: "--url", prompt: prompt), given: flags.url, present: present) {
      text throws(WrongAnswer) in
      do throws(WebAddress.Problem) {
        return try WebAddress(text)
      } catch {
        throw WrongAnswer("The address \(error); write it like https://chat.example.com.")
      }
    }
  }

  private func token(present: String?, isRetry: Bool = false) async throws(SetupProblem) -> Secret {
    let kept = present.flatMap { TokenProblem($0) == nil ? Secret($0) : nil }
    if dialog.isInteractive, flags.tokenFile == nil, kept == nil, !isRetry {
      dialog.explain(
        "The token is that of a bot account: in Mattermost, Integrations > Bot Accounts > Add Bot Account.")
    }
    let prompt = "The bot's token, not shown" + (kept == nil ? "" : " [keep the current token]") + ": "
    let question = Question(flag: "--token-file", prompt: prompt, isHidden: true)
    let given = try secret(from: flags.tokenFile, question.flag)
    return try await dialog.answer(to: question, given: given, present: kept) {
      text throws(WrongAnswer) in
      if let problem = TokenProblem(text) { throw WrongAnswer("The token \(problem.reason). Copy it again.") }
      return Secret(text)
    }
  }
}

extension DoctorReport {
  /// The answer that has to be another one.
  fileprivate enum Fault { case settings, address, token }

  /// `nil` if the bot's account is known. Later checks, such as of its channels, depend on no answer.
  fileprivate var fault: Fault? {
    func state(_ id: DoctorCheck.ID) -> DoctorCheck.State? { checks.first { $0.id == id }?.state }
    if state(.settings) == .wrong { return .settings }
    if state(.rest) != .good { return .address }
    return state(.token) == .good && state(.account) == .good ? nil : .token
  }
}
