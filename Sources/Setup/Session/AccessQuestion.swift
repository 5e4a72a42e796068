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
    // The gateway's default users become those of the file, if they pass the same check.
    var kept: [String]?
    if target.access == nil, given == nil { kept = try await allowedUsers(on: server) }
    let present: [String]?? = target.access == nil ? kept.map { .some($0) } : .some(nil)
    let shown = target.access ?? kept?.joined(separator: ", ")
    if dialog.isInteractive, given == nil {
      dialog.space()
      dialog.explain("Who may talk to the bot? Type user names, or * for everyone on the server.")
    }
    let prompt = "Users" + (shown.map { " [\($0)]" } ?? "") + ": "
    let flag = given == nil ? "--allow or --allow-everyone" : "--allow"
    return try await dialog.answer(to: Question(flag: flag, prompt: prompt), given: given, present: present) {
      text throws(WrongAnswer) in try await users(in: text, on: server)
    }
  }

  /// Returns the users of MATTERMOST_ALLOWED_USERS, or `nil` if it names none or, with someone to ask, wrong ones.
  private func allowedUsers(on server: ServerAnswers) async throws(SetupProblem) -> [String]? {
    let name = "MATTERMOST_ALLOWED_USERS"
    guard let text = environment.value(name) else { return nil }
    do throws(WrongAnswer) {
      return try await users(in: text, on: server)
    } catch {
      guard dialog.isInteractive else { throw .wrong(flag: name, error) }
      dialog.explain("\(name): \(error.sentence)")
      return nil
    }
  }

  /// Returns the users in a text, which exist on the server.
  private func users(in text: String, on server: ServerAnswers) async throws(WrongAnswer) -> [String] {
    let names = try Self.names(in: text)
    if names != ["*"] { try await lookUp(names, on: server) }
    return names
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
