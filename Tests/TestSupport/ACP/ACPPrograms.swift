import Foundation

/// An agent on the Python SDK of the Agent Client Protocol (`scripts/install-acp-sdk.sh`).
package enum ACPProgram {
  /// The command. Messages tell the agent what to do, see `agent.py`.
  package static let command = ["/usr/bin/python3", here.appending(path: "agent.py").path]

  /// The variables that it needs.
  package static let environment = ["PYTHONPATH": sdk.path, "PYTHONDONTWRITEBYTECODE": "1"]

  /// True if the SDK is installed.
  package static let isAvailable = FileManager.default.fileExists(atPath: sdk.appending(path: "acp").path)

  private static let here = URL(filePath: #filePath).deletingLastPathComponent()
  private static let sdk = here.appending(path: "../../../.build-acp").standardized
}

/// A published agent of the Agent Client Protocol (`scripts/install-acp-agents.sh`), configured for an endpoint.
package enum InstalledAgent: String, CaseIterable, Sendable {
  case hermes, vibe

  /// True if the agents are installed.
  package static let areAvailable = FileManager.default.fileExists(atPath: folder.appending(path: "python").path)

  /// The command.
  package func command() throws -> [String] {
    let python = try String(contentsOf: Self.folder.appending(path: "python"), encoding: .utf8)
    return switch self {
    case .hermes: [python, "-m", "acp_adapter"]
    case .vibe: [python, "-c", "from vibe.acp.entrypoint import main; main()"]
    }
  }

  /// Writes its configuration into a folder, and returns the variables that it needs.
  package func configure(for endpoint: ToolEndpoint, in folder: TemporaryFolder) throws -> [String: String] {
    switch self {
    case .hermes:
      _ = try folder.write(
        """
        model:
          provider: custom
          default: test
          base_url: \(endpoint.url)
          api_key: none
        """, to: "home/.hermes/config.yaml")
    case .vibe:
      _ = try folder.write(
        """
        active_model = "test"
        enable_telemetry = false
        enable_update_checks = false
        enable_auto_update = false
        [[providers]]
        name = "scripted"
        api_base = "\(endpoint.url)"
        api_key_env_var = "SCRIPTED_WORD"
        api_style = "openai"
        backend = "generic"
        [[models]]
        name = "test"
        provider = "scripted"
        alias = "test"
        """, to: "home/.vibe/config.toml")
    }
    return [
      "HOME": folder.path("home"), "PYTHONPATH": Self.folder.appending(path: rawValue).path, "SCRIPTED_WORD": "none",
    ]
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../.build-acp-agents").standardized
}
