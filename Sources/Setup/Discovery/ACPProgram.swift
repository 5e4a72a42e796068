import FoundationEssentials
import Glibc

/// An agent with tools that speaks the Agent Client Protocol, by the command that starts it as one.
struct ACPProgram: Sendable {
  let name: String
  let command: [String]
  /// The variable with the API key that it can use instead of a login of its own, if it is for one provider.
  var keyVariable: String?

  /// The agents that docs/agents.md names and those of https://agentclientprotocol.com/overview/agents, each with the
  /// command in its own documentation.
  static let known = [
    ACPProgram(name: "Claude Code", command: ["claude-code-acp"], keyVariable: "ANTHROPIC_API_KEY"),
    ACPProgram(name: "Codex", command: ["codex-acp"], keyVariable: "OPENAI_API_KEY"),
    ACPProgram(name: "Gemini CLI", command: ["gemini", "--experimental-acp"], keyVariable: "GEMINI_API_KEY"),
    ACPProgram(name: "Goose", command: ["goose", "acp"]),
    ACPProgram(name: "Hermes", command: ["hermes-acp"]),
    ACPProgram(name: "Mistral Vibe", command: ["vibe-acp"], keyVariable: "MISTRAL_API_KEY"),
    ACPProgram(name: "OpenCode", command: ["opencode", "acp"]),
  ]

  /// Returns the known agents whose programs are in a search path.
  static func installed(in searchPath: String) -> [ACPProgram] {
    known.filter { program in
      searchPath.split(separator: ":").contains { folder in
        var isFolder = false
        let path = "\(folder)/\(program.command[0])"
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
          && access(path, X_OK) == 0
      }
    }
  }
}
