import Foundation
import Sandbox
import TestSupport
import Testing

/// Agents in the folder of a project.
@Suite struct ProjectFolderTests {
  private let home: TemporaryFolder
  /// The folder of all projects, without links in its path.
  private let projects: String

  init() throws {
    home = try TemporaryFolder()
    let path = home.path("projects")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    projects = URL(filePath: path).resolvingSymlinksInPath().path
  }

  private func start(_ agent: String, session: String, on sandbox: SandboxServer) async throws -> EdgecrabProcess {
    let rules = """
      version: 1
      agents:
        tool: { \(agent) }
      rules:
        - { name: all, when: { trigger: [mention, dm, command] }, agent: tool, session: \(session) }
      """
    let process = try EdgecrabProcess(
      ["gateway", "start", "--rules", try home.write(rules, to: "rules.yaml")],
      environment: [
        "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": home.url.path,
        "HOME": home.url.path, "MCP_KEY": "sesame-key",
      ])
    try await process.says("Connected.")
    return process
  }

  private func ask(
    _ text: String, as user: String = "alice", in channel: String = "dev", _ sandbox: SandboxServer
  ) async throws -> String {
    let asked = try await sandbox.post(as: user, in: channel, text)
    return try await sandbox.nextPost(after: asked, within: patience) { $0.author == "edgecrab" }.message
  }

  private func end(_ process: EdgecrabProcess) async throws -> String {
    process.terminate()
    return try await process.ended().errors
  }

  @discardableResult
  private func shell(_ text: String) throws -> String {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-ec", text]
    process.currentDirectoryURL = URL(filePath: projects)
    process.standardOutput = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    return String(decoding: said, as: UTF8.self)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a program runs in the folder of its channel, which has to exist`() async throws {
    try shell("mkdir dev; ln -s /etc town-square")
    try await withSandbox { sandbox in
      let gateway = try await start(
        #"type: exec, shell: 'pwd -P; cat name; ls "$EDGECRAB_FOLDER"', folder: "~/projects/{{ channel }}""#,
        session: "channel", on: sandbox)
      try shell("echo web > dev/name")
      #expect(try await ask("@edgecrab where", sandbox) == "\(projects)/dev\nweb\ncontext.jsonl\nhistory.jsonl\nout")
      #expect(try await ask("!status", sandbox).contains("| Folder | `\(home.url.path)/projects/dev` |"))
      #expect(
        try await ask("@edgecrab where", in: "town-square", sandbox)
          == "The agent `tool` cannot work here: `\(projects)/town-square` is a symbolic link. The operator of this bot has to "
          + "check its `folder`.")
      try shell("rm town-square")
      #expect(
        try await ask("@edgecrab where", in: "town-square", sandbox).contains(
          "there is no folder `\(projects)/town-square`."))
      try shell("touch town-square")
      #expect(try await ask("@edgecrab where", in: "town-square", sandbox).contains("is not a folder."))
      _ = try await end(gateway)
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `each conversation has its own worktree, across restarts and until a reset`() async throws {
    try shell(
      """
      git init -q web; cd web; git config user.email a@example.com; git config user.name a
      mkdir part; echo one > part/file; git add .; git commit -qm one
      printf '#!/bin/sh\\ntouch %s/hooked\\n' "\(projects)" > .git/hooks/post-checkout; chmod +x .git/hooks/post-checkout
      """)
    let agent = """
      type: exec, folder: "\(projects)/web/part", worktree: true, \
      shell: 'read -r word; echo "$word" >> file; echo $(cat file) on $(git branch --show-current)'
      """
    try await withSandbox { sandbox in
      let first = try await start(agent, session: "member", on: sandbox)
      let alice = try await ask("@edgecrab two", as: "alice", sandbox)
      #expect(alice.hasPrefix("one two on edgecrab/member-"))
      let bob = try await ask("@edgecrab three", as: "bob", sandbox)
      #expect(bob.hasPrefix("one three on edgecrab/member-"))
      #expect(alice.split(separator: " ").last != bob.split(separator: " ").last)
      #expect(try await ask("!status", sandbox).contains("in a git worktree of this conversation |"))
      #expect(try shell("cat web/part/file") == "one\n")
      _ = try await end(first)

      let second = try await start(agent, session: "member", on: sandbox)
      #expect(try await ask("@edgecrab four", as: "alice", sandbox).hasPrefix("one two four on edgecrab/member-"))
      #expect(try shell("git -C web worktree list").split(separator: "\n").count == 3)
      _ = try await ask("!new", as: "alice", sandbox)
      #expect(try await ask("@edgecrab five", as: "alice", sandbox).hasPrefix("one five on edgecrab/member-"))
      // Her first worktree is deleted, its branch is not.
      #expect(try shell("git -C web worktree list").split(separator: "\n").count == 3)
      #expect(try shell("git -C web branch --list 'edgecrab/*'").split(separator: "\n").count == 3)
      #expect(!FileManager.default.fileExists(atPath: "\(projects)/hooked"))
      _ = try await end(second)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a folder that is not in a repository has no worktree, which check and the chat explain`() async throws {
    try shell("mkdir plain")
    try await withSandbox { sandbox in
      let gateway = try await start(
        "type: exec, command: [pwd], folder: \"\(projects)/plain\", worktree: true", session: "channel", on: sandbox)
      #expect(
        try await ask("@edgecrab where", sandbox).contains("git cannot create a worktree of `\(projects)/plain`."))
      let said = try await end(gateway)
      #expect(said.contains("is not in a git repository") && said.contains("[W0221]"), "\(said)")
      #expect(said.contains("not a git repository"), "\(said)")
    }
  }

  private static let program = ##"""
    import json, os, sys
    def send(**message): print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
    def read():
        return json.loads(sys.stdin.readline())
    def ask(method, **params):
        send(id="q", method=method, params={"sessionId": "s", **params})
        answer = read()
        return answer["result"] if "result" in answer else answer["error"]["message"]
    while True:
        message = read()
        method, number = message.get("method"), message.get("id")
        if method == "initialize":
            send(id=number, result={"protocolVersion": 1, "agentCapabilities": {"mcpCapabilities": {"http": True}}})
        elif method == "session/new":
            new = message["params"]
            send(id=number, result={"sessionId": "s"})
        elif method == "session/prompt":
            word, *rest = message["params"]["prompt"][-1]["text"].split(": ")[-1].split()
            if word == "new": text = json.dumps(new) + os.getcwd()
            if word == "read": text = json.dumps(ask("fs/read_text_file", path=rest[0]))
            if word == "write": text = json.dumps(ask("fs/write_text_file", path=rest[0], content="written"))
            update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
            send(method="session/update", params={"sessionId": "s", "update": update})
            send(id=number, result={"stopReason": "end_turn"})
    """##

  @Test(.timeLimit(.minutes(1)))
  func `an ACP agent works in the folder with its MCP servers, and reaches nothing outside of it`() async throws {
    let program = try home.write(Self.program, to: "agent.py")
    try shell("mkdir web; echo text > web/file; ln -s /etc/passwd web/link; ln -s /etc web/etc; echo no > beside")
    try await withSandbox { sandbox in
      let gateway = try await start(
        """
        type: acp, command: [python3, "\(program)"], folder: "\(projects)/web", mcp_servers: [
          { name: docs, command: [sh, -c, docs], env: { KEY: "${MCP_KEY}" } },
          { name: tickets, url: "https://example.com/mcp", headers: { Authorization: "Bearer ${MCP_KEY}" } },
          { name: old, url: "https://example.com/sse", transport: sse } ]
        """, session: "channel", on: sandbox)
      let new = try await ask("@edgecrab new", sandbox)
      #expect(new.contains(#""cwd": "\#(projects)/web""#) && new.hasSuffix("\(projects)/web"))
      #expect(
        new.contains(
          #"[{"name": "docs", "command": "/usr/bin/sh", "args": ["-c", "docs"], "env": [{"name": "KEY", "value": "sesame-key"}]}, "#
        ) || new.contains(#""command": "/bin/sh""#), "\(new)")
      #expect(
        new.contains(
          #"{"type": "http", "name": "tickets", "url": "https://example.com/mcp", "headers": [{"name": "Authorization", "value": "Bearer sesame-key"}]}]"#
        ), "\(new)")
      #expect(try await ask("@edgecrab read \(projects)/web/file", sandbox) == #"{"content": "text\n"}"#)
      #expect(try await ask("@edgecrab read file", sandbox) == #"{"content": "text\n"}"#)
      for path in ["link", "../beside", "\(projects)/beside", "\(projects)/webs", "/etc/passwd"] {
        #expect(try await ask("@edgecrab read \(path)", sandbox).contains("outside of your folder"), "\(path)")
      }
      #expect(try await ask("@edgecrab read etc/passwd", sandbox).contains("there is no such file"))
      #expect(try await ask("@edgecrab write \(projects)/web/etc/x", sandbox).contains("there is no such file"))
      _ = try await ask("@edgecrab write new.txt", sandbox)
      #expect(try shell("cat web/new.txt") == "written")
      let said = try await end(gateway)
      #expect(said.contains("servers=old") && !said.contains("sesame"), "\(said)")
    }
  }
}
