import Vocabulary

/// An agent's request for permission, and the answers to it.
///
/// Specification: https://agentclientprotocol.com/protocol/tool-calls#requesting-permission
struct ACPQuestion {
  /// As people are asked.
  let question: PermissionQuestion
  private let ids: [String]

  /// Reads a request; nil where there is nothing to choose from.
  init?(_ params: JSON, agent: String, title: String?) {
    let options = (params["options"]?.elements ?? []).prefix(Limits.acpOptionsMax).compactMap { option in
      option["optionId"]?.string.map { (id: $0, json: option) }
    }
    guard !options.isEmpty else { return nil }
    ids = options.map(\.id)
    let call = params["toolCall"] ?? .null
    question = PermissionQuestion(
      agent: agent, title: (title ?? "use a tool").cut,
      detail: Self.detail(of: call),
      options: options.map { id, json in
        PermissionQuestion.Option(
          name: (json["name"]?.string ?? id).cut,
          kind: json["kind"]?.string.flatMap(PermissionQuestion.Option.Kind.init) ?? .other)
      })
  }

  /// The answer by the place of the option; silence is a no.
  func outcome(_ choice: Int?) -> JSON {
    guard let place = choice ?? question.silence, ids.indices.contains(place) else { return Self.cancelled }
    return ["outcome": ["outcome": "selected", "optionId": .string(ids[place])]]
  }

  /// The answer where the turn is ended meanwhile.
  static let cancelled: JSON = ["outcome": ["outcome": "cancelled"]]

  /// What people must see to say yes: what the tool is given, else what the agent shows of it.
  private static func detail(of call: JSON) -> String {
    if let input = call["rawInput"], input != .null, input != [:] { return String(input.lines.dropLast()) }
    return (call["content"]?.elements ?? []).compactMap { item in
      switch item["type"]?.string {
      case "content": item["content"]?["text"]?.string
      case "diff": "\(item["path"]?.string ?? "")\n\(item["newText"]?.string ?? "")"
      default: nil
      }
    }.joined(separator: "\n\n")
  }
}

extension String {
  /// As much of it as people are asked in a line. Whatever cannot be seen of it is left in: whoever asks shows it.
  fileprivate var cut: String { String(String.UnicodeScalarView(unicodeScalars.prefix(Limits.acpTitleScalarsMax))) }
}
