import Core

/// A way to log in that an agent offers.
///
/// Specification: https://agentclientprotocol.com/protocol/initialization, https://agentclientprotocol.com/rfds/auth-methods
struct AuthMethod: Equatable {
  let id: String
  /// What the agent calls it.
  let name: String
  /// Whether no person has to do anything for it.
  let needsNobody: Bool
  /// The variables that it wants and that the rules do not give the agent.
  let missing: [String]

  /// Reads a way; `nil` if it has no id.
  ///
  /// - Parameter variables: the names of those that the rules give the agent.
  init?(_ json: JSON, variables: Set<String>) {
    guard let id = json["id"]?.string else { return nil }
    self.id = id
    name = json["name"]?.string ?? id
    let wanted = (json["vars"]?.elements ?? []).filter { $0["optional"] != true }.compactMap { $0["name"]?.string }
    missing = wanted.filter { !variables.contains($0) }
    switch json["type"]?.string {
    case "env_var": needsNobody = missing.isEmpty
    case "terminal": needsNobody = false
    // The agent sees to it itself: with a key that it has, or in a browser, which nobody sees. Only their names tell.
    default: needsNobody = Self.isByKey("\(id) \(name)")
    }
  }

  /// What the agent wants, for people: its name and the variables that are missing.
  var wish: String {
    let variables = missing.prefix(Self.shownMax).map { $0.codeSpan(atMost: Limits.pathScalarsShown) }
    return name.codeSpan(atMost: Limits.pathScalarsShown)
      + (variables.isEmpty ? "" : " (\(variables.joined(separator: ", ")) in its `env`)")
  }

  private static func isByKey(_ text: String) -> Bool {
    let letters = String(text.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    return ["api-key", "apikey", "credential"].contains { letters.contains($0) }
      && !["browser", "oauth", "sign-in"].contains { letters.contains($0) }
  }

  /// How many ways, and variables of one, people are told.
  static let shownMax = 3
}
