import Core
import FoundationEssentials
import RuleEngine
import Transport

/// Requests an endpoint's list of models: that costs nothing, and shows whether the endpoint is there, accepts the API
/// key and has the model.
///
/// API references: https://platform.openai.com/docs/api-reference/models/list,
/// https://docs.anthropic.com/en/api/models-list
struct EndpointProbe<Format: ChatWireFormat> {
  private let agent: ChatAgent<Format>
  private var settings: ChatSettings { agent.settings }

  init(_ agent: ChatAgent<Format>) { self.agent = agent }

  func result() async -> AgentProbeResult {
    switch await models(within: Limits.probeTime) {
    case .listed(let models): result(listing: models)
    case .unlisted(let result): result
    }
  }

  /// Returns the models that the endpoint lists, or what it does instead.
  func models(within limit: Duration) async -> ModelListing {
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await agent.client.send(request(within: limit))
    } catch {
      return .unlisted(result(for: error))
    }
    if response.status == 200, let models = Self.models(in: response.body) { return .listed(models) }
    return .unlisted(result(for: response))
  }

  private func result(for error: TransportError) -> AgentProbeResult {
    result(
      .bad, "\(shownAddress) cannot be reached: \(error)", "Start the server there, or correct `base_url`.")
  }

  private func result(for response: HTTPResponse) -> AgentProbeResult {
    switch response.status {
    case 200:
      return result(
        .doubtful, "\(shownAddress) answers, but not as a chat endpoint: it sends no list of models",
        "Check `base_url`: that of OpenAI's own endpoint ends in /v1.")
    case 401, 403:
      let answer = "\(shownAddress) answers \(response.status)"
      return agent.key == nil
        ? result(.bad, "\(answer): it requires an API key", "Give the agent an `api_key`.")
        : result(.bad, "\(answer): it does not accept the API key", "Check the variable that `api_key` names.")
    case 404, 405, 501:
      return result(
        .unknown,
        "\(shownAddress) answers, but has no list of models (\(response.status)): neither key nor model can be checked"
      )
    case 429:
      return result(.unknown, "\(shownAddress) answers, but gets too many requests now (429)")
    case 300...399:
      return result(
        .bad, "\(shownAddress) redirects (\(response.status)), which is not followed",
        "Set `base_url` to the address that it redirects to.")
    case 500...599:
      return result(
        .bad, "\(shownAddress) answers with a server error (\(response.status))",
        "Check the log of the server there.")
    default:
      return result(.unknown, "\(shownAddress) answers the request for its models with \(response.status)")
    }
  }

  /// The address without its query, which may hold a secret.
  private var shownAddress: String { String(settings.baseURL.prefix { $0 != "?" }) }

  private func request(within limit: Duration) -> HTTPRequest {
    HTTPRequest(
      "GET", agent.url("models", query: Format.modelsQuery),
      headers: [("Accept", "application/json")] + Format.headers(key: agent.key) + agent.ownHeaders,
      timeLimit: limit, bodyBytesMax: Limits.modelListBytesMax)
  }

  private func result(listing models: [String]) -> AgentProbeResult {
    let accepted = agent.key == nil ? "" : ", accepts the API key"
    guard !models.isEmpty else {
      return result(.unknown, "\(shownAddress) answers\(accepted), and lists no models")
    }
    if models.contains(where: isConfigured) {
      return result(.good, "\(shownAddress) answers\(accepted) and has the model \(settings.model)")
    }
    return result(
      .doubtful, "\(shownAddress) answers\(accepted), but does not list the model \(quoted(settings.model))",
      "Correct `model`; \(suggestion(among: models))")
  }

  /// Some endpoints list `models/NAME`, and some list a tag that `model` may leave out.
  private func isConfigured(_ listed: String) -> Bool {
    [settings.model, "models/\(settings.model)", "\(settings.model):latest"].contains(listed)
  }

  private func suggestion(among models: [String]) -> String {
    if let nearest = Spelling.nearest(to: settings.model, among: models) { return "did you mean \(quoted(nearest))?" }
    let wanted = settings.model.lowercased()
    let alike = models.filter { $0.lowercased().contains(wanted) || wanted.contains($0.lowercased()) }
    let shown = (alike.isEmpty ? models : alike).sorted()
    let names = shown.prefix(Limits.modelsShownMax).map(quoted).joined(separator: ", ")
    return "it has \(names)" + (shown.count > Limits.modelsShownMax ? " and others." : ".")
  }

  private func quoted(_ name: String) -> String { "`" + name.singleLine(atMost: Limits.modelScalarsShown) + "`" }

  /// The ids in a list: OpenAI's `data`, or a bare list as some have it; `nil` if it is neither.
  private static func models(in body: [UInt8]) -> [String]? {
    guard let answer = try? JSONDecoder().decode(JSON.self, from: Data(body)) else { return nil }
    let list = answer["data"] ?? answer["models"] ?? answer
    guard case .array(let entries) = list else { return nil }
    return entries.compactMap { $0["id"]?.string ?? $0["name"]?.string ?? $0.string }
  }

  private func result(_ state: AgentProbeResult.State, _ summary: String, _ remedy: String = "") -> AgentProbeResult {
    let secrets = [settings.apiKey].compactMap(\.self) + settings.headers.map(\.value)
    return AgentProbeResult(
      agent: agent.name, state: state, summary: summary.redacting(secrets.flatMap(\.keyWords)), remedy: remedy)
  }
}
