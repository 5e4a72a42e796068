import ConfigLoader
import Core
import MattermostIO
import RuleEngine
import ServerLookup
import Transport

extension SetupSession {
  /// Asks who may talk to the bot, and looks the users up on the server.
  ///
  /// - Returns: the names, `*` for everyone, or `nil` to keep those of the rules file.
  func users(_ target: RulesTarget, on server: ServerAnswers) async throws(SetupProblem) -> [String]? {
    if flags.access == .everyone { return ["*"] }
    var given: String?
    if case .users(let names) = flags.access { given = names }
    let kept: [String]?? = target.access == nil ? environment.allowedUsers.map { .some($0) } : .some(nil)
    let shown = target.access ?? environment.allowedUsers?.joined(separator: ", ")
    if dialog.isInteractive, given == nil {
      dialog.space()
      dialog.explain("Who may talk to the bot? Type user names, or * for everyone on the server.")
    }
    let prompt = "Users" + (shown.map { " [\($0)]" } ?? "") + ": "
    return try await dialog.answer(
      to: Question(flag: "--allow or --allow-everyone", prompt: prompt), given: given, present: kept
    ) { text throws(WrongAnswer) in
      let names = try Self.names(in: text)
      if names != ["*"] { try await lookUp(names, on: server) }
      return names
    }
  }

  private static func names(in text: String) throws(WrongAnswer) -> [String] {
    let words = text.split { $0 == "," || $0.isWhitespace }.map { $0.drop { $0 == "@" }.lowercased() }
    var names: [String] = []
    for word in words where !names.contains(word) { names.append(word) }
    if names == ["*"] { return names }
    guard !names.isEmpty else { throw WrongAnswer("Name at least one user, or type * for everyone on the server.") }
    guard names.count <= Limits.usersMax else {
      throw WrongAnswer("These are more than \(Limits.usersMax) users; list them in the rules file, as a group.")
    }
    // https://developers.mattermost.com/api-documentation/#/operations/CreateUser
    let odd = names.first { $0.wholeMatch(of: /[a-z0-9][a-z0-9._-]*/) == nil }
    if let odd { throw WrongAnswer("\(quoted(odd)) is not a user name; separate names by commas.") }
    return names
  }

  private func lookUp(_ names: [String], on server: ServerAnswers) async throws(WrongAnswer) {
    let client = MattermostClient(
      address: server.address, token: server.token,
      http: HTTPClient(logger: logger, certificate: (try? Settings(environment(with: server)))?.clientCertificate),
      logger: logger)
    let unknown: [UnknownName]
    do throws(MattermostError) {
      let finder = UnknownNameFinder(client: client, context: try await BotContext.fetch(client))
      unknown = try await finder.unknown(among: ReferencedNames(in: RuleSet(access: Access(users: NameSet(names)))))
    } catch {
      throw WrongAnswer("\(error.summary) \(error.remedy)")
    }
    if !unknown.isEmpty { throw WrongAnswer(unknown.map(\.sentence).joined(separator: " ")) }
  }
}

extension UnknownName {
  fileprivate var sentence: String {
    if case .unknown(let nearest?) = reason {
      return "The server has no user \(quoted(name)); did you mean \(quoted(nearest))?"
    }
    return "The server has no user \(quoted(name))."
  }
}

extension Environment {
  /// The users of MATTERMOST_ALLOWED_USERS, `*` for everyone, or `nil` if it names none.
  fileprivate var allowedUsers: [String]? {
    let names = (variables["MATTERMOST_ALLOWED_USERS"] ?? "").split { $0 == "," || $0.isWhitespace }
      .map { $0.drop { $0 == "@" }.lowercased() }
    return names.isEmpty ? nil : names.contains("*") ? ["*"] : names
  }
}
