import Core
import RuleEngine
import Testing

@testable import Agents

@Suite struct ACPSecretsTests {
  private func value(_ text: String, written: String) -> NamedValue {
    NamedValue(name: "N", value: Secret(text), written: written)
  }

  @Test func `what comes from variables is secret, also of MCP servers, but for values too short to be one`() {
    let settings = ACPSettings(
      command: ["agent"],
      environment: [
        value("key-of-agent", written: "${A}"), value("on", written: "${B}"), value("plain", written: "plain"),
      ],
      mcpServers: [
        MCPServer(
          name: "program",
          connection: .program(["server"], environment: [value("key-of-program", written: "${C}")])),
        MCPServer(
          name: "address",
          connection: .address(
            "https://mcp.example.org", .http, headers: [value("Bearer key-of-address", written: "Bearer ${D}")])),
      ])
    #expect(
      Set(settings.secrets) == ["key-of-agent", "key-of-program", "Bearer key-of-address", "key-of-address"])
  }
}
