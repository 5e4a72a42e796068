import Core
import FoundationEssentials
import RuleEngine
import Transport

/// Asks a chat endpoint for its list of models: that costs nothing, and shows whether it is there, takes the key and has
/// the model.
///
/// API references: https://platform.openai.com/docs/api-reference/models/list, https://docs.anthropic.com/en/api/models-list
struct EndpointProbe: Sendable {
  enum Kind { case openai, anthropic }

  private let agent: String
  private let settings: ChatSettings
  private let kind: Kind
  private let client: HTTPClient

  init(_ agent: String, _ settings: ChatSettings, _ kind: Kind, _ client: HTTPClient) {
    (self.agent, self.settings, self.kind, self.client) = (agent, settings, kind, client)
  }

  func finding() async -> AgentProbeResult {
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await client.send(request)
    } catch {
      return finding(
        .bad, "\(shownAddress) cannot be reached: \(error)", "Start what listens there, or correct `base_url`.")
    }
    switch response.status {
    case 200: return finding(listed: response.body)
    case 401, 403:
      let answer = "\(shownAddress) answers \(response.status)"
      return key == nil
        ? finding(.bad, "\(answer): it wants an API key", "Give the agent an `api_key`.")
        : finding(.bad, "\(answer): it does not accept the API key", "Check the variable that `api_key` names.")
    case 404, 405, 501:
      return finding(
        .unknown,
        "\(shownAddress) answers, but tells no list of models (\(response.status)): neither key nor model can be checked"
      )
    case 429:
      return finding(.unknown, "\(shownAddress) answers, but is asked too often just now (429)")
    case 300...399:
      return finding(
        .bad, "\(shownAddress) sends elsewhere (\(response.status)), which is not followed",
        "Put the address that it leads to into `base_url`.")
    case 500...599:
      return finding(
        .bad, "\(shownAddress) answers with an error of its own (\(response.status))",
        "Look into the log of what runs there.")
    default:
      return finding(.unknown, "\(shownAddress) answers the question for its models with \(response.status)")
    }
  }

  /// The key, unless it is left empty because none is needed.
  private var key: String? { settings.apiKey.flatMap { $0.exposed.isEmpty ? nil : $0.exposed } }

  /// The address without what follows a `?`.
  private var shownAddress: String { String(settings.baseURL.prefix { $0 != "?" }) }

  private var request: HTTPRequest {
    let parts = settings.baseURL.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var query = parts.count > 1 ? [String(parts[1])] : []
    var headers = [("Accept", "application/json")]
    switch kind {
    case .openai:
      if let key { headers.append(("Authorization", "Bearer \(key)")) }
    case .anthropic:
      // Otherwise the list has twenty.
      query.append("limit=1000")
      headers.append(("anthropic-version", AnthropicAgent.version))
      if let key { headers.append(("x-api-key", key)) }
    }
    let path = parts[0].hasSuffix("/") ? parts[0] + "models" : parts[0] + "/models"
    return HTTPRequest(
      "GET", path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")),
      headers: headers + settings.headers.map { ($0.name, $0.value.exposed) }, timeLimit: Limits.probeTime,
      bodyBytesMax: Limits.modelListBytesMax)
  }

  private func finding(listed body: [UInt8]) -> AgentProbeResult {
    guard let models = Self.models(in: body) else {
      return finding(
        .doubtful, "\(shownAddress) answers, but not as a chat endpoint: it sends no list of models",
        "Check `base_url`: that of OpenAI's own endpoint ends in /v1.")
    }
    let taken = key == nil ? "" : ", takes the API key"
    guard !models.isEmpty else {
      return finding(.unknown, "\(shownAddress) answers\(taken), and lists no models")
    }
    if models.contains(where: isMeant) {
      return finding(.good, "\(shownAddress) answers\(taken) and has the model \(settings.model)")
    }
    return finding(
      .doubtful, "\(shownAddress) answers\(taken), but does not list the model \(quoted(settings.model))",
      "Correct `model`; \(suggestion(among: models))")
  }

  /// Some list `models/NAME`, and some leave out a tag that everybody means.
  private func isMeant(_ listed: String) -> Bool {
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

  private func finding(_ state: AgentProbeResult.State, _ text: String, _ cure: String = "") -> AgentProbeResult {
    let secrets = ([settings.apiKey].compactMap(\.self) + settings.headers.map(\.value)).map(\.exposed)
    return AgentProbeResult(
      agent: agent, state: state, text: text.redacting(secrets.filter { $0.count >= 8 }), cure: cure)
  }
}
