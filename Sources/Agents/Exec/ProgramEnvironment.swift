import Core
import RuleEngine

extension [NamedValue] {
  /// Returns an environment with these variables, which override those of the same name.
  func added(to environment: [String: String]) -> [String: String] {
    environment.merging(map { ($0.name, $0.value.exposed) }) { $1 }
  }

  /// The values that must not be logged: those that come from the gateway's environment. A secret of several lines is
  /// also redacted line by line. Values too short for a secret are left out, because they occur in any text.
  var secrets: [String] {
    var values: [String] = []
    for variable in self where variable.written.contains("${") {
      let value = variable.value.exposed
      values.append(value)
      values += value.split(whereSeparator: \.isNewline).map(String.init)
    }
    return values.filter { $0.utf8.count >= Limits.secretBytesMin }.sorted { $0.utf8.count > $1.utf8.count }
  }
}

extension ACPSettings {
  /// The values that neither logs nor people may see in the agent's texts: those of its variables, and of the variables
  /// and headers of its MCP servers.
  var secrets: [String] {
    var values = environment
    for server in mcpServers {
      switch server.connection {
      case .program(_, let variables): values += variables
      case .address(_, _, let headers):
        values += headers
        // A token may be quoted without its scheme (RFC 9110, section 11.4).
        for header in headers {
          values += header.value.exposed.split(separator: " ").dropFirst().map { word in
            NamedValue(name: header.name, value: Secret(String(word)), written: header.written)
          }
        }
      }
    }
    return values.secrets
  }
}
