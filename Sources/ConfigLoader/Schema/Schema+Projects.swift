import Core
import RuleEngine

extension Schema {
  /// The keys that say where a program works.
  enum ProjectKeys {
    static let folder = Key(
      "folder", Values.folder, otherwise: "the conversation's own folder",
      """
      The folder of a project, in which the program works: an absolute path, or one below `~/`, with `{{channel}}`, \
      `{{channel_id}}`, `{{user}}` or `{{user_id}}` in it where each has its own. It has to be there.
      """)
    static let worktree = Key(
      "worktree", Values.boolean, fallback: false, needs: "folder",
      "Whether each conversation works in a git worktree of it, on a branch of its own.")
    static let rows = [folder.row, worktree.row]
  }

  enum MCPServerMap {
    static let name = Key("name", Values.text, isRequired: true, "What the agent calls it.")
    static let command = Key(
      "command", Values.command, "A program that the agent starts, and its arguments, each as a word of its own.")
    static let env = Key(
      "env", Values.variables, otherwise: "none", needs: "command", "Variables that the program sees.")
    static let url = Key("url", Values.serverAddress, "The address of a server that runs already.")
    static let transport = Key(
      "transport", Values.choice(MCPTransport.self), fallback: "http", needs: "url",
      "How that is spoken with: `http` is streamable HTTP, `sse` what older servers have.")
    static let headers = Key(
      "headers", Values.headers, otherwise: "none", needs: "url",
      "Headers that go with each request. One that is a key must come from a variable.")
    static let section = SchemaSection(
      name: "mcp server", phrase: "an MCP server",
      keys: [name.row, command.row, env.row, url.row, transport.row, headers.row], exactlyOne: ["command", "url"])
  }
}
