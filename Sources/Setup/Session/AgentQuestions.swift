import Agents
import ConfigLoader
import Core
import Doctor
import RuleEngine

/// The agent of the rules file, which has been checked.
struct AgentAnswer: Sendable {
  var draft: AgentDraft
  var key: APIKey?
}

/// A key of an API, and the variable for it in `.env`.
struct APIKey: Sendable {
  let variable: String
  let secret: Secret
}

extension SetupSession {
  /// Asks for the agent until it can answer, as far as can be checked without asking it.
  ///
  /// - Parameter target: the rules file; another one afterwards if a person chose that, because this one cannot be
  ///   changed.
  /// - Returns: `nil` to keep the current agent.
  func agent(_ target: inout RulesTarget, _ server: ServerAnswers) async throws(SetupProblem) -> AgentAnswer? {
    while true {
      let answer: AgentAnswer
      if flags.changesAgent {
        answer = try await givenAgent(target)
      } else if !dialog.isInteractive {
        guard target.isPresent else { throw .missing(["--agent"]) }
        return nil
      } else {
        switch try await chosenAgent(target) {
        case .keep: return nil
        case .again: continue
        case .new(let new): answer = new
        }
      }
      let loaded = try await changed(&target, by: RulesEdit(agent: answer.draft), server, answer.key)
      guard let rules = loaded.rules, let definition = try? RulesEdit.agent(in: rules) else {
        throw .other("The rules could not be read again.")
      }
      if case .acp(let command, _) = answer.draft {
        dialog.explain("Starting \(command[0].printable) for a handshake, without asking it anything …")
      }
      let environment = environment(with: server, key: answer.key)
      let report = await Doctor(DiagnosticInput(environment, rules: .success(loaded)), logger: logger)
        .examine([definition])
      dialog.say(report.lines(dialog.style))
      if !report.isWrong { return answer }
      guard dialog.isInteractive, !flags.changesAgent else { throw .other("The agent cannot answer.") }
    }
  }

  enum Choice {
    case keep
    /// Back to the list of agents.
    case again
    case new(AgentAnswer)
  }

  private enum Option {
    case keep, endpoint, anthropic, command, echo
    case server(FoundServer)
    case program(ACPProgram)
  }

  private func chosenAgent(_ target: RulesTarget) async throws(SetupProblem) -> Choice {
    dialog.space()
    dialog.explain("Which agent answers? Looking for models and agents on this machine …")
    let found = await probe.find(ModelServer.usual)
    for found in found where found.models.isEmpty {
      dialog.explain("\(found.server.name) answers at \(found.server.baseURL), but has no models yet.")
    }
    var options: [(label: String, option: Option)] = target.agent.map { [("keep the current one: \($0)", .keep)] } ?? []
    options += found.filter { !$0.models.isEmpty }.map {
      ("\($0.server.name) at \($0.server.baseURL): \($0.models.count.counted("model"))", .server($0))
    }
    options += ACPProgram.installed(in: environment.variables["PATH"] ?? "").map {
      ("\($0.name), an agent with tools: \($0.command.joined(separator: " "))", .program($0))
    }
    options += [
      ("a model at another OpenAI-compatible address", .endpoint), ("a model of Anthropic", .anthropic),
      ("another program that speaks the Agent Client Protocol", .command),
      ("echo, which repeats each message: no model, to try the connection", .echo),
    ]
    switch try await dialog.choice(of: options) {
    case .keep: return .keep
    case .server(let found): return .new(try await model(of: found))
    case .endpoint: return try await endpoint()
    case .anthropic: return try await anthropic()
    case .program(let program): return .new(try await self.program(program.command, program.keyVariable))
    case .command: return .new(try await self.program(try await command(), nil))
    case .echo: return .new(AgentAnswer(draft: .echo))
    }
  }

  // MARK: Programs

  private func command(given: String? = nil) async throws(SetupProblem) -> [String] {
    try await dialog.answer(
      to: Question(flag: "--command", prompt: "Its command, words separated by spaces: "), given: given
    ) { text throws(WrongAnswer) in
      let words = text.split(separator: " ").map(String.init)
      guard !words.isEmpty, words.count <= Limits.commandWordsMax, text == text.singleLine(atMost: .max) else {
        throw WrongAnswer("That is not a command; write it like `gemini --experimental-acp`.")
      }
      return words
    }
  }

  /// Asks for the API key of a program, which may have a login of its own instead.
  private func program(_ command: [String], _ variable: String?) async throws(SetupProblem) -> AgentAnswer {
    guard let variable else { return AgentAnswer(draft: .acp(command: command, keyVariable: nil)) }
    let present = environment.value(variable).map { Secret($0) }
    let kept = present == nil ? "Enter if it is logged in" : "Enter for the current \(variable)"
    let question = Question(flag: "--api-key-file", prompt: "Its API key, not shown (\(kept)): ", isHidden: true)
    let given = try secret(from: flags.apiKeyFile, question.flag)
    let secret = try await dialog.answer(to: question, given: given, present: .some(present)) {
      text throws(WrongAnswer) in try Self.key(text)
    }
    let key = secret.map { APIKey(variable: variable, secret: $0) }
    return AgentAnswer(draft: .acp(command: command, keyVariable: key?.variable), key: key)
  }

  static func key(_ text: String) throws(WrongAnswer) -> Secret? {
    if let problem = TokenProblem(text) { throw WrongAnswer("The key \(problem.reason). Copy it again.") }
    return Secret(text)
  }

  // MARK: The command line

  /// Returns the agent of the command line. Without `--agent`, `--model` changes the model of the present agent.
  private func givenAgent(_ target: RulesTarget) async throws(SetupProblem) -> AgentAnswer {
    switch flags.agent {
    case .echo: return AgentAnswer(draft: .echo)
    case .acp:
      guard let command = flags.command else { throw .missing(["--command"]) }
      let words = try await self.command(given: command)
      let variable = ACPProgram.known.first { $0.command == words }?.keyVariable
      if flags.apiKeyFile == nil { return AgentAnswer(draft: .acp(command: words, keyVariable: nil)) }
      guard let variable else {
        throw .other("--api-key-file: it is not known which variable \(quoted(words[0])) takes a key from.")
      }
      return try await program(words, variable)
    case .openai:
      guard let endpoint = flags.endpoint, flags.model != nil else { throw .missing(["--endpoint", "--model"]) }
      return try await givenModel(.openai, at: try await endpointAddress(given: endpoint))
    case .anthropic:
      guard flags.model != nil else { throw .missing(["--model"]) }
      return try await givenModel(.anthropic, at: nil)
    case nil:
      guard case .chat(let api, let settings)? = target.definition?.kind else { throw .missing(["--agent"]) }
      let key = settings.keyVariable.flatMap { name in
        settings.apiKey.map { APIKey(variable: name, secret: $0) }
      }
      return try await givenModel(api, at: settings.baseURL, present: key)
    }
  }
}
