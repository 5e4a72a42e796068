import Core
import Foundation
import RuleEngine
import Synchronization
import TestSupport
import Testing

@testable import Agents

/// An agent on the protocol's own Python SDK; `agent.py` lists its reactions to messages.
@Suite(
  .enabled(if: ACPProgram.isAvailable, "scripts/install-acp-sdk.sh could not install the SDK"),
  .timeLimit(.minutes(2)))
struct ACPAgentTests {
  private let temporary: TemporaryFolder
  private let resources = Self.newResources()
  private let asked = Asked()

  /// The questions to people and the saved state.
  private final class Asked: Sendable {
    let questions = Mutex<[PermissionRequest]>([])
    let state = Mutex<String?>(nil)
  }

  init() throws { temporary = try TemporaryFolder() }

  private static func newResources() -> AgentResources {
    .test(["PATH": "/usr/bin:/bin", "MATTERMOST_TOKEN": "sesame"])
  }

  private func agent(
    _ more: [String: String] = [:], command: [String] = ACPProgram.command, in resources: AgentResources? = nil
  ) -> ACPAgent {
    let variables = ACPProgram.environment.merging(more) { $1 }
      .map { NamedValue(name: $0.key, value: Secret($0.value), written: "${\($0.key)}") }.sorted { $0.name < $1.name }
    return ACPAgent(
      name: "coder", settings: ACPSettings(command: command, environment: variables), resources ?? self.resources)
  }

  private var folder: String { temporary.path("sessions/c1") }

  private func request(_ message: String, choice: Int? = nil) -> AgentRequest {
    let services = TestContext(
      folder: SessionFolder(path: folder),
      file: { (file, folder) async throws(AttachmentFailure) in
        do throws(FolderError) {
          try folder.write(Array("GIF89a".utf8), to: file.name)
          return file.name
        } catch {
          throw AttachmentFailure(.notWritten, file: file.name)
        }
      },
      outcome: { [asked] question in
        asked.questions.withLock { $0.append(question) }
        return choice.map { .option($0) } ?? .silence
      },
      state: { [asked] in asked.state.withLock { $0 } }, didSave: { [asked] text in asked.state.withLock { $0 = text } }
    )
    return AgentRequest(
      message: message, speaker: "alice", conversation: "channel:c1", sessionID: "channel:c1#1", services: services)
  }

  private func ask(_ agent: ACPAgent, _ request: AgentRequest) async throws -> [ResponsePart] {
    var parts: [ResponsePart] = []
    for try await part in agent.respond(to: request) { parts.append(part) }
    return parts
  }

  private func said(_ agent: ACPAgent, _ request: AgentRequest) async throws -> String {
    try await ask(agent, request).reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
  }

  private func said(_ agent: ACPAgent, _ message: String, choice: Int? = nil) async throws -> String {
    try await said(agent, request(message, choice: choice))
  }

  private func failure(_ agent: ACPAgent, _ message: String) async throws -> AgentFailure {
    try #require(await #expect(throws: AgentFailure.self) { try await ask(agent, request(message)) })
  }

  @Test func `an acp agent responds with text and its token usage`() async throws {
    #expect(
      try await ask(agent(), request("say hello")) == [.text("hello"), .usage(TokenUsage(input: 5, output: 7))])
    #expect(try await said(agent(), "work") == "I look.\n\nDone.")
    let cut = try await ask(agent(), request("enough"))
    #expect(cut.first == .text("so far") && cut.last == .truncated(.agentLimit))
  }

  @Test func `a program keeps running for the conversation's next message and remembers the previous ones`()
    async throws
  {
    let agent = agent()
    _ = try await ask(agent, request("say one"))
    #expect(try await said(agent, "heard this") == "say one | heard this")
    var other = request("heard other")
    other.conversation = "channel:c2"
    #expect(try await said(agent, other) == "heard other")
    var anew = request("heard anew")
    anew.sessionID = "channel:c1#2"
    #expect(try await said(agent, anew) == "heard anew")
  }
  @Test func `a login method that needs no person is used`() async throws {
    #expect(try await said(agent(["AGENT_LOGIN": "1", "AGENT_KEY": "k"]), "say hello") == "hello")
  }

  @Test func `a failure to open a session after the login is reported`() async throws {
    let failed = try await failure(agent(["AGENT_LOGIN": "1", "AGENT_KEY": "k", "AGENT_BROKEN": "1"]), "say hello")
    #expect(failed.code == .other && failed.detail == "-32603 Internal error: no disk")
  }

  @Test func `the selected model also applies to the session of a retry`() async throws {
    let agent = agent(["AGENT_OFFERS": "1"])
    _ = try await ask(agent, request("say one"))
    #expect(await agent.select("large", for: .model, in: "channel:c1") == .applied)
    var again = request("say two")
    again.isRetry = true
    _ = try await ask(agent, again)
    #expect(await agent.controls(in: "channel:c1")?.settings[.model]?.current == "large")
  }

  @Test func `people do not see standard error if the program ends during a selection`() async throws {
    let agent = agent(["AGENT_OFFERS": "1", "AGENT_DIES": "1"])
    _ = try await ask(agent, request("say one"))
    #expect(await agent.select("large", for: .model, in: "channel:c1") == .rejected("it ended"))
  }
  @Test func `token sums of a session are split into responses, also across restarts of the program`() async throws {
    let memory = ["AGENT_MEMORY": temporary.path("sums")]
    try FileManager.default.createDirectory(atPath: temporary.path("sums"), withIntermediateDirectories: true)
    let once = ResponsePart.usage(TokenUsage(input: 5, output: 7))
    let first = Self.newResources()
    for _ in 1...2 { #expect(try await ask(agent(memory, in: first), request("say a")).last == once) }
    await first.processes.close()
    // The program counts from zero again, then continues.
    let second = Self.newResources()
    for _ in 1...2 { #expect(try await ask(agent(memory, in: second), request("say a")).last == once) }
    await second.processes.close()
  }
  @Test func `a program whose folder was deleted is started again`() async throws {
    let agent = agent()
    #expect(try await said(agent, "heard one") == "heard one")
    try FileManager.default.removeItem(atPath: folder)
    #expect(try await said(agent, "heard two") == "heard two")
    #expect(FileManager.default.fileExists(atPath: folder))
  }

  @Test func `an agent gets the unseen part of the history, the context and the authors' names`() async throws {
    var first = request("heard now")
    first.isShared = true
    first.history = [HistoryEntry(speaker: "bob", message: "one", answer: "1", agent: "other")]
    first.context = [ChatMessage(speaker: "eve", text: "psst")]
    let agent = agent()
    let heard = "[Earlier messages of this conversation]\nbob: one\n\nThe answer to it: 1 | "
    #expect(
      try await said(agent, first)
        == heard + "[Earlier messages here, for context]\neve: psst | alice: heard now")
    var second = request("heard then")
    second.history =
      first.history + [
        HistoryEntry(speaker: "alice", message: "heard now", answer: "…", agent: "coder"),
        HistoryEntry(speaker: "bob", message: "two", answer: "2", agent: "other"),
      ]
    #expect(
      try await said(agent, second).hasSuffix(
        "| [Earlier messages of this conversation]\nbob: two\n\nThe answer to it: 2 | heard then"))
  }

  @Test func `a restarted program resumes its session, and a retry gets a new one`() async throws {
    try FileManager.default.createDirectory(atPath: temporary.path("memory"), withIntermediateDirectories: true)
    let memory = ["AGENT_MEMORY": temporary.path("memory")]
    _ = try await ask(agent(memory), request("say one"))
    await resources.processes.close()
    let second = Self.newResources()
    let agent = agent(memory, in: second)
    // Messages that the agent replays while it loads are no part of the answer.
    #expect(try await said(agent, "heard two") == "say one | heard two")
    var again = request("heard three")
    again.isRetry = true
    again.history = [HistoryEntry(speaker: "alice", message: "say one", answer: "one", agent: "coder")]
    #expect(
      try await said(agent, again).contains(
        "[Earlier messages of this conversation]\nalice: say one\n\nThe answer to it: one | heard three"))
    asked.state.withLock { $0 = "gone" }
    await second.processes.close()
    #expect(try await said(self.agent(memory, in: Self.newResources()), "heard four") == "heard four")
  }

  @Test func `an agent reads and writes files of the conversation's folder and no others`() async throws {
    let agent = agent()
    let root = try await said(agent, "cwd")
    #expect(root == URL(filePath: folder).resolvingSymlinksInPath().path)
    #expect(try await said(agent, "write \(root)/notes/a.txt hello") == "written")
    #expect(try String(contentsOfFile: folder + "/notes/a.txt", encoding: .utf8) == "hello")
    #expect(try await said(agent, "read \(root)/notes/a.txt") == "hello")
    for (lines, text) in [("1 1", "hello"), ("\(Int.min) 1", "hello"), ("2 \(Int.max)", ""), ("1 \(Int.min)", "")] {
      #expect(try await said(agent, "lines \(root)/notes/a.txt \(lines)") == "[\(text)]")
    }
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "/etc")
    for path in ["/etc/hostname", "\(root)/../secret", "\(root)/link/hostname", ""] {
      #expect(try await said(agent, "read \(path)").hasPrefix("refused:"), "\(path)")
      #expect(try await said(agent, "write \(path) x").hasPrefix("refused:"), "\(path)")
    }
    #expect(try await ask(agent, request("give \(root)/notes/a.txt")).first == .file("\(root)/notes/a.txt"))
  }

  @Test func `the message's files reach the agent as links and images`() async throws {
    var request = request("blocks")
    request.files = [AttachedFile(id: "f1", name: "a b.gif", mediaType: "image/gif", size: 6)]
    #expect(try await said(agent(), request) == "text, resource_link, image")
  }

  @Test func `an agent asks people for permission, and no answer is a no`() async throws {
    let agent = agent()
    #expect(try await said(agent, "permit rm -rf build", choice: 1) == "once")
    #expect(try await said(agent, "permit rm -rf build", choice: nil) == "no")
    let question = try #require(asked.questions.withLock { $0.first })
    #expect(question.agent == "coder" && question.title == "rm -rf build")
    #expect(question.details == [.init("{\n  \"command\": \"rm -rf build\"\n}")])
    #expect(question.options.map(\.name) == ["Reject", "Allow once", "Always"])
    #expect(question.yes == 1 && question.no == 0)
  }

  @Test func `a message can be added to the prompt in progress`() async throws {
    let agent = agent()
    var texts = ""
    for try await part in agent.respond(to: request("wait")) {
      guard case .text(let text) = part else { continue }
      texts += text
      if texts == "I wait." { #expect(await agent.steer(with: request("heard more"))) }
    }
    #expect(texts == "I wait.\n\nwait | heard more")
    #expect(await !agent.steer(with: request("say too late")))
  }

  @Test func `cancelling a request ends the program with all its processes`() async throws {
    let agent = agent()
    let pids = Mutex("")
    let turn = Task {
      for try await case .text(let text) in agent.respond(to: request("sleep")) { pids.withLock { $0 = text } }
    }
    try await wait(for: "the agent to be at work") { pids.withLock { !$0.isEmpty } }
    let numbers = pids.withLock { $0.split(separator: " ").compactMap { Int32($0) } }
    #expect(numbers.count == 2)
    turn.cancel()
    try await wait(for: "its processes to be gone") { numbers.allSatisfy { isGone($0) } }
    #expect(try await said(agent, "heard again") == "heard again")
  }

  @Test func `a conversation never has two programs, however fast messages are cancelled and sent`() async throws {
    let agent = agent()
    for moment in [Moment.atWork, .atOnce, .started, .atOnce] {
      let parts = AsyncQueue<Void>()
      let turn = Task { for try await _ in agent.respond(to: request("sleep")) { parts(()) } }
      switch moment {
      case .atOnce: break
      case .started: try await wait(for: "a program") { try running() > 0 }
      case .atWork: try await parts.next("a part of the answer")
      }
      turn.cancel()
    }
    #expect(try await said(agent, "heard this") == "heard this")
    try await wait(for: "the others to be gone") { try running() == 1 }
    await resources.processes.close()
    #expect(try running() == 0)
  }

  /// A moment at which a request is cancelled.
  private enum Moment { case atOnce, started, atWork }

  /// Returns the number of processes that run in the conversation's folder.
  private func running() throws -> Int {
    let place = URL(filePath: folder).resolvingSymlinksInPath().path
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").count { pid in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) == place
    }
  }

  /// Returns whether a process has ended, including as a zombie.
  private func isGone(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
    return status.contains(") Z ")
  }

  @Test func `an agent has no terminal and only its own variables`() async throws {
    #expect(try await said(agent(), "terminal") == "refused: -32601")
    let names = try await said(agent(["AGENT_KEY": "k"]), "environment").split(separator: " ")
    #expect(!names.contains("MATTERMOST_TOKEN"))
    #expect(Set(names).isSuperset(of: ["AGENT_KEY", "PATH", "PYTHONPATH"]))
  }

  @Test func `each kind of failure has a code and details`() async throws {
    let died = try await failure(agent(["AGENT_KEY": "sesame-key"]), "die")
    #expect(died.code == .programFailed && died.detail == "exited(3), oh no <redacted>")
    let unknown = try await failure(agent(["AGENT_LOGIN": "1"]), "say hello")
    #expect(unknown.code == .loginNeeded && unknown.detail == "-32000 Authentication required")
    #expect(
      unknown.sentence().hasPrefix(
        "The agent `coder` is not logged in; it offers `Log in with your API key in a browser`, `Set it up`, "
          + "`Use a key` (`AGENT_KEY` in its `env`). "))
    let failed = try await failure(agent(["AGENT_KEY": "purpose"]), "fail on purpose")
    #expect(failed.code == .other && failed.detail == "-32603 Internal error: on <redacted>")
    #expect(try await failure(agent(command: ["no-such-program"]), "say").code == .noProgram)
    #expect(try await failure(agent(command: ["true"]), "say").code == .programFailed)
    #expect(try await failure(agent(command: ["yes"]), "say").code == .notUnderstood)
    #expect(try await failure(agent(command: ["cat"]), "say").code == .other)
    // After each of them, the next message starts a new one.
    #expect(try await said(agent(), "say hello") == "hello")
  }
}
