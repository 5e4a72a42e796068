import Core

/// An agent's request for permission, and the response to it.
///
/// Specification: https://agentclientprotocol.com/protocol/tool-calls#requesting-permission
struct ACPPermissionRequest {
  /// The request for people.
  let request: PermissionRequest
  private let ids: [String]

  /// Reads a request about a tool call; `nil` if it has no answers to choose from. Of too many, the most permissive
  /// ones are left out.
  ///
  /// - Parameter call: the tool call, or `nil` if what the agent said of it earlier is no longer known.
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
    request = PermissionRequest(
      agent: agent, title: title.isEmpty ? "use a tool" : title, details: call?.details ?? [],
      options: offered.map(\.option),
      obstacle: call == nil ? "I no longer have all that the agent said about this action" : nil)
  }

  /// Returns the response to the agent. No answer is a no, and so is a request that people could not be shown. The
  /// protocol has no field for the reason, which is in `_meta`.
  func response(_ outcome: PermissionOutcome) -> JSON {
    switch outcome {
    case .option(let position) where ids.indices.contains(position): Self.selected(ids[position])
    case .option, .silence: rejection
    case .refused(let reason): rejection.appending(["_meta": ["edgecrab": ["reason": .string(reason)]]])
    }
  }

  /// The response after the prompt was cancelled.
  static let cancelled: JSON = ["outcome": ["outcome": "cancelled"]]

  private var rejection: JSON { request.silence.map { Self.selected(ids[$0]) } ?? Self.cancelled }

  private static func selected(_ id: String) -> JSON { ["outcome": ["outcome": "selected", "optionId": .string(id)]] }
}
