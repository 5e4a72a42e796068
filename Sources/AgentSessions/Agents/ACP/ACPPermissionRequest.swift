import Core

/// An agent's request for permission, and the answers to it.
///
/// Specification: https://agentclientprotocol.com/protocol/tool-calls#requesting-permission
struct ACPPermissionRequest {
  /// As people are asked.
  let question: PermissionRequest
  private let ids: [String]

  /// Reads a request about a tool call; `nil` if there is nothing to choose from. Of too many answers, those that permit
  /// most are left out.
  ///
  /// - Parameter call: what is known of the call; `nil` if what the agent told of it earlier is not known any more.
  init?(_ params: JSON, about call: ToolCall?, agent: String) {
    let answers = (params["options"]?.elements ?? []).compactMap { option in
      option["optionId"]?.string.map { id in
        (
          id: id,
          option: PermissionRequest.Option(
            name: option["name"]?.string ?? id,
            kind: option["kind"]?.string.flatMap(PermissionRequest.Option.Kind.init) ?? .other)
        )
      }
    }
    let offered = PermissionRequest.ordered(answers) { $0.option.kind }.prefix(Limits.acpOptionsMax)
    guard !offered.isEmpty else { return nil }
    ids = offered.map(\.id)
    let title = call?.title ?? params["toolCall"]?["title"]?.string ?? ""
    question = PermissionRequest(
      agent: agent, title: title.isEmpty ? "use a tool" : title, details: call?.details ?? [],
      options: offered.map(\.option),
      obstacle: call == nil ? "I no longer have all that the agent said about this action" : nil)
  }

  /// Returns the response to the agent. Silence is a no, and so is a question that could not be put to people, whose reason
  /// is beside it: the protocol has no field of its own for one.
  func response(_ answer: PermissionOutcome) -> JSON {
    switch answer {
    case .option(let position) where ids.indices.contains(position): Self.selected(ids[position])
    case .option, .silence: refusal
    case .refused(let reason): refusal.appending(Self.reason(reason))
    }
  }

  /// The response if the turn is ended meanwhile.
  static let cancelled: JSON = ["outcome": ["outcome": "cancelled"]]

  private var refusal: JSON { question.silence.map { Self.selected(ids[$0]) } ?? Self.cancelled }

  private static func selected(_ id: String) -> JSON { ["outcome": ["outcome": "selected", "optionId": .string(id)]] }

  private static func reason(_ reason: String) -> KeyValuePairs<String, JSON> {
    ["_meta": ["edgecrab": ["reason": .string(reason)]]]
  }
}
