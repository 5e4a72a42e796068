import Agents
import ConfigLoader
import Core
import RuleEngine

/// Endpoints and their models.
extension SetupSession {
  /// An endpoint that has answered, with the models that it lists; none if it has no list.
  private struct Endpoint {
    let api: ChatAPI
    /// `nil` for the API's own address.
    let baseURL: String?
    let models: [String]
    let key: APIKey?

    func agent(_ model: String) -> AgentAnswer {
      AgentAnswer(draft: .chat(api, baseURL: baseURL, model: model, keyVariable: key?.variable), key: key)
    }
  }

  func model(of found: FoundServer) async throws(SetupProblem) -> AgentAnswer {
    try await model(of: Endpoint(api: .openai, baseURL: found.server.baseURL, models: found.models, key: nil))
  }

  /// Asks for an address and a key.
  func endpoint() async throws(SetupProblem) -> Choice {
    let address = try await endpointAddress()
    let key = try await key(of: .openai, prompt: "API key, not shown (Enter for none): ", present: .some(nil))
    return try await choice(.openai, at: address, key)
  }

  func anthropic() async throws(SetupProblem) -> Choice {
    let variable = ChatAPI.anthropic.keyVariable
    let present = environment.value(variable).map { Secret($0) }
    let prompt = "API key, not shown" + (present == nil ? "" : " [keep the current \(variable)]") + ": "
    let key = try await key(of: .anthropic, prompt: prompt, present: present.map { .some($0) })
    return try await choice(.anthropic, at: nil, key)
  }

  func endpointAddress(given: String? = nil) async throws(SetupProblem) -> String {
    let question = Question(flag: "--endpoint", prompt: "Its address, such as https://openrouter.ai/api/v1: ")
    return try await dialog.answer(to: question, given: given) { text throws(WrongAnswer) in
      do throws(WebAddress.Problem) {
        return try WebAddress(text, parameters: ["api-version"]).text
      } catch {
        throw WrongAnswer("The address \(error).")
      }
    }
  }

  /// Checks the endpoint and the model of the command line.
  ///
  /// - Parameter present: the key that the present agent uses at the same address.
  func givenModel(
    _ api: ChatAPI, at baseURL: String?, present: APIKey? = nil
  ) async throws(SetupProblem) -> AgentAnswer {
    let key = try givenKey(of: api, present)
    switch await listing(api, at: baseURL, key) {
    case .failure(let problem): throw .other(problem.sentence)
    case .success(let endpoint): return try await model(of: endpoint, given: flags.model)
    }
  }

  private func givenKey(of api: ChatAPI, _ present: APIKey?) throws(SetupProblem) -> APIKey? {
    let variable = present?.variable ?? api.keyVariable
    if let text = try secret(from: flags.apiKeyFile, "--api-key-file") {
      if let problem = TokenProblem(text) { throw .other("--api-key-file: the key \(problem.reason).") }
      return APIKey(variable: variable, secret: Secret(text))
    }
    if let present { return present }
    // The key of another endpoint is not sent to this one.
    guard api == .anthropic else { return nil }
    guard let value = environment.value(variable) else { throw .missing(["--api-key-file"]) }
    return APIKey(variable: variable, secret: Secret(value))
  }

  private func choice(_ api: ChatAPI, at baseURL: String?, _ key: APIKey?) async throws(SetupProblem) -> Choice {
    switch await listing(api, at: baseURL, key) {
    case .success(let endpoint): return .new(try await model(of: endpoint))
    case .failure(let problem):
      dialog.explain(problem.sentence)
      return .again
    }
  }

  private func key(
    of api: ChatAPI, prompt: String, present: Secret??
  ) async throws(SetupProblem) -> APIKey? {
    let question = Question(flag: "--api-key-file", prompt: prompt, isHidden: true)
    let secret = try await dialog.answer(to: question, present: present) { text throws(WrongAnswer) in
      try Self.key(text)
    }
    return secret.map { APIKey(variable: api.keyVariable, secret: $0) }
  }

  /// Asks an endpoint for its models; also with `/v1` at the end of its address, which is easily forgotten.
  private func listing(_ api: ChatAPI, at baseURL: String?, _ key: APIKey?) async -> Result<Endpoint, WrongAnswer> {
    let written = baseURL ?? api.definition.baseURL ?? ""
    let mayLackVersion = baseURL != nil && !written.contains("?") && written.firstMatch(of: /\/v[0-9]/) == nil
    var unlisted: AgentProbeResult?
    for address in [written] + (mayLackVersion ? [written + "/v1"] : []) {
      switch await probe.models(at: address, api, key: key?.secret, within: Limits.listingTime) {
      case .listed(let models):
        return .success(Endpoint(api: api, baseURL: baseURL == nil ? nil : address, models: models, key: key))
      case .unlisted(let result): unlisted = unlisted ?? result
      }
    }
    if let unlisted, unlisted.state == .bad || unlisted.state == .doubtful {
      return .failure(WrongAnswer("\(unlisted.summary)."))
    }
    return .success(Endpoint(api: api, baseURL: baseURL, models: [], key: key))
  }

  private func model(of endpoint: Endpoint, given: String? = nil) async throws(SetupProblem) -> AgentAnswer {
    let models = endpoint.models
    if dialog.isInteractive, given == nil {
      for (index, name) in models.prefix(Limits.modelsShownMax).enumerated() {
        dialog.say(TextWrapping.cut("  \(index < 9 ? " " : "")\(index + 1)  \(name)", 80))
      }
      let left = models.count - Limits.modelsShownMax
      if left > 0 { dialog.explain("and \(left.counted("other")), by name") }
    }
    let prompt = models.isEmpty ? "Model: " : "Model, by number or name [1]: "
    let model = try await dialog.answer(
      to: Question(flag: "--model", prompt: prompt), given: given, present: models.first
    ) { text throws(WrongAnswer) in try Self.model(text, of: models, isTyped: given == nil) }
    return endpoint.agent(model)
  }

  /// Returns the model that an answer means. Ollama lists a tag that a name may leave out.
  private static func model(_ text: String, of models: [String], isTyped: Bool) throws(WrongAnswer) -> String {
    guard text.isModelName else { throw WrongAnswer("That is not the name of a model.") }
    if isTyped, let number = Int(text), models.prefix(Limits.modelsShownMax).indices.contains(number - 1) {
      return models[number - 1]
    }
    let isListed = models.contains { [text, "\(text):latest", "models/\(text)"].contains($0) }
    if models.isEmpty || isListed { return text }
    let nearest = Spelling.nearest(to: text, among: models)
    throw WrongAnswer(
      "There is no model \(quoted(text)) there; "
        + (nearest.map { "did you mean \(quoted($0))?" } ?? "there is \(listed(models, limit: 5))."))
  }
}

extension ChatAPI {
  /// The variable that the API's own programs read its key from.
  var keyVariable: String {
    switch self {
    case .openai: "OPENAI_API_KEY"
    case .anthropic: "ANTHROPIC_API_KEY"
    }
  }
}
