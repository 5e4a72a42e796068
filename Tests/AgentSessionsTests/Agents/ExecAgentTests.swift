import Core
import Foundation
import RuleEngine
import Synchronization
import TestSupport
import Testing

@testable import AgentSessions

@Suite("The exec agent", .timeLimit(.minutes(1)))
struct ExecAgentTests {
  private let temporary: TemporaryFolder
  private let environment = ["PATH": "/usr/bin:/bin", "MATTERMOST_TOKEN": "sesame"]

  init() throws { temporary = try TemporaryFolder() }

  private func agent(_ program: ExecSettings.Program, _ variables: [NamedValue] = []) -> ExecAgent {
    ExecAgent(
      name: "tool", settings: ExecSettings(program: program, environment: variables), environment: environment,
      logger: .silent)
  }

  private var request: AgentRequest {
    let origin = MessageOrigin(
      post: "p1", thread: "t1", channel: "c1", channelName: "dev", user: "u1", userName: "alice")
    return AgentRequest(
      history: [HistoryEntry(speaker: "bob", message: "one", answer: "1")], message: "two", speaker: "alice",
      sessionID: "channel:c1#1", origin: origin,
      host: AgentContext(folder: SessionFolder(path: temporary.path("sessions/c1"))))
  }

  private func ask(_ agent: ExecAgent, _ request: AgentRequest? = nil) async throws -> [ResponsePart] {
    try await agent.answer(request ?? self.request).said()
  }

  private func said(_ agent: ExecAgent, _ request: AgentRequest? = nil) async throws -> String {
    try await ask(agent, request).reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
  }

  private func failure(_ agent: ExecAgent) async throws -> AgentFailure {
    try #require(await #expect(throws: AgentFailure.self) { try await ask(agent) })
  }

  @Test("reads the message and writes the answer")
  func echo() async throws {
    #expect(try await said(agent(.command(["tr", "a-z", "A-Z"]))) == "TWO")
    #expect(try await said(agent(.shell("read line; echo \"you said $line\""))) == "you said two\n")
  }

  @Test("takes a message for nothing but itself, whatever is in it")
  func hostile() async throws {
    var request = request
    request.message = "$(touch owned); `touch owned`\n\u{0}-rf \u{FFFD}"
    request.origin.userName = "$(touch owned)\nX=1\u{0}"
    #expect(try await said(agent(.command(["cat"])), request) == request.message.replacing("\u{0}", with: ""))
    let told = try await said(agent(.shell("printf %s \"$EDGECRAB_USER_NAME\"")), request)
    #expect(told == "$(touch owned) X=1")
    #expect(!FileManager.default.fileExists(atPath: request.host.folder.path + "/owned"))
  }

  @Test("is told where the message comes from and what was said before, and sees no other variables than its own")
  func variables() async throws {
    let folder = request.host.folder.path
    let variables = [NamedValue(name: "KEY", value: Secret("k"), written: "${KEY}")]
    let lines = try await said(agent(.command(["env"]), variables)).split(separator: "\n").map(String.init)
    #expect(
      Set(lines) == [
        "PATH=/usr/bin:/bin", "KEY=k", "EDGECRAB_SESSION=channel:c1#1", "EDGECRAB_POST=p1", "EDGECRAB_THREAD=t1",
        "EDGECRAB_CHANNEL=c1", "EDGECRAB_CHANNEL_NAME=dev", "EDGECRAB_USER=u1", "EDGECRAB_USER_NAME=alice",
        "EDGECRAB_HISTORY=\(folder)/history.jsonl", "EDGECRAB_OUT=\(folder)/out/p1",
        "EDGECRAB_CONTEXT=\(folder)/context.jsonl", "EDGECRAB_FILES=", "EDGECRAB_FOLDER=\(folder)",
      ])
    #expect(
      try await said(agent(.shell("pwd -P; cat \"$EDGECRAB_HISTORY\""))).hasSuffix(
        "/sessions/c1\n{\"speaker\":\"bob\",\"message\":\"one\",\"answer\":\"1\"}\n"))
  }

  @Test("gets the message's files, and hands back what it leaves, once")
  func files() async throws {
    var request = request
    request.files = [AttachedFile(id: "f1", name: "a b.txt", mediaType: "text/plain", size: 2)]
    request.host.fetch = { (file, folder) async throws(AttachmentFailure) in
      do throws(FolderError) {
        let written = try folder.open(file.name, forWriting: true)
        _ = write(written, "hi", 2)
        close(written)
        return file.name
      } catch {
        throw AttachmentFailure(.notWritten, file: file.name)
      }
    }
    let copying = agent(.shell("cp \"$EDGECRAB_FILES\" \"$EDGECRAB_OUT/copy.txt\""))
    #expect(try await ask(copying, request) == [.file("out/p1/copy.txt")])
    request.origin.post = "p2"
    #expect(try await ask(agent(.shell("true")), request).isEmpty)
  }

  /// Issue 12, no. 48.
  @Test("hands back the files of a folder that it leaves, in the order of their names and within bounds")
  func folders() async throws {
    let leaving = agent(
      .shell(
        "cd $EDGECRAB_OUT; mkdir -p report/deep empty; echo 1 > z.txt; echo 2 > report/b; echo 3 > report/deep/a; ln -s /etc evil"
      ))
    #expect(
      try await ask(leaving) == [
        .file("out/p1/evil"), .file("out/p1/report/b"), .file("out/p1/report/deep/a"), .file("out/p1/z.txt"),
      ])
    let many = agent(.shell("cd $EDGECRAB_OUT; mkdir all; for i in $(seq 200); do : > all/$i; done"))
    #expect(try await ask(many).count == Limits.answerFilesMax + 1)
    let deep = agent(.shell("cd $EDGECRAB_OUT; mkdir -p 1/2/3/4/5/6/7/8/9/10; : > 1/2/3/4/5/6/7/8/9/10/x"))
    #expect(try await ask(deep) == [.file("out/p1/1/2/3/4/5/6/7/8/9")])
    #expect(throws: FolderError(.notRegular, path: "out/p1/1")) { close(try request.host.folder.open("out/p1/1")) }
  }

  @Test("loses no answer to a folder that cannot be read")
  func unreadable() async throws {
    let locked = request.host.folder.path + "/out/p1/locked"
    defer { _ = chmod(locked, 0o700) }
    let parts = try await ask(agent(.shell("echo hi; mkdir -m 000 \"$EDGECRAB_OUT/locked\"")))
    // Root reads it all the same, and finds nothing in it.
    let named: [ResponsePart] = geteuid() == 0 ? [] : [.file("out/p1/locked")]
    #expect(parts == [.text("hi\n")] + named)
  }

  @Test("takes back what it writes over, and gives on neither colours nor NUL")
  func terminal() async throws {
    let program = "printf '\\033[3'; sleep 0.2; printf '2mgreen\\033[0m\\000 10%%'; sleep 0.2; printf '\\rdone     \\n'"
    #expect(
      try await ask(agent(.shell(program))) == [.text("green 10%"), .retracted(9), .text("done     \n")])
  }

  @Test("is not started without the right to, and the sentence names the file and the cure")
  func notExecutable() async throws {
    let path = try temporary.write("#!/bin/sh\n", to: "tool")
    let failed = try await failure(agent(.command([path])))
    #expect(failed.code == .notExecutable)
    #expect(failed.sentence().contains("`\(path)` may not be run") && failed.sentence().contains("`chmod +x`"))
    #expect(failed.description.contains("`\(path)` may not be run; make it executable (`chmod +x`)"))
    #expect(try await failure(agent(.command(["/tmp"]))).description.contains("`/tmp` is a folder, not a program"))
    #expect(try await failure(agent(.shell(path))).description.contains("exited(126): something in it may not be run"))
  }

  /// Issue 12, no. 46.
  @Test(
    "has what it says on standard error in the log, line by line and without its secrets, and its last lines in its failure"
  )
  func standardError() async throws {
    let report = KeptLog()
    let agent = ExecAgent(
      name: "tool",
      settings: ExecSettings(
        program: .shell(
          "printf 'load 1%%\\rload 9%%\\nkey %s\\n' \"$KEY\" >&2; seq 300 >&2; printf '\\033[31mbad\\033[m' >&2; exit $CODE"
        ),
        environment: [
          NamedValue(name: "KEY", value: Secret("sesame-key"), written: "${KEY}"),
          NamedValue(name: "CODE", value: Secret("1"), written: "1"),
        ]), environment: environment, logger: report.logger)
    let failed = try await failure(agent)
    #expect(failed.detail == "exited(1), " + (292...300).map { "\($0)" }.joined(separator: " | ") + " | bad")
    let log = report.lines
    #expect(log.contains { $0.contains("line=load 9%") })
    #expect(log.contains { $0.contains("line=key <redacted>") } && !log.contains { $0.contains("sesame") })
    #expect(log.count { $0.contains("line=") } == Limits.errorLinesLogged)
    #expect(log.contains { $0.contains("lines=103") })
  }

  @Test("gives parts on as they come, whole characters only")
  func live() async throws {
    let program = "printf 'first \\303'; sleep 0.2; printf '\\251 then'; sleep 0.2; printf ' \\377.'"
    #expect(try await ask(agent(.shell(program))) == [.text("first "), .text("é then"), .text(" \u{FFFD}.")])
  }

  @Test("says why there is no answer")
  func failures() async throws {
    #expect(try await failure(agent(.command(["no-such-program"]))).code == .noProgram)
    let variables = [NamedValue(name: "KEY", value: Secret("sesame-key"), written: "${KEY}")]
    let failed = try await failure(agent(.shell("echo \"bad $KEY\" >&2; exit 3"), variables))
    #expect(failed.code == .programFailed)
    #expect(failed.detail == "exited(3), bad <redacted>")
  }

  @Test("ends with all its children when the session stops the turn")
  func stopped() async throws {
    let bench = try Bench()
    await bench.registry.use(agents: ["tool": agent(.shell("echo $$ > pid; sleep 1000 & sleep 1000"))])
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", agent: "tool"))
    let path = bench.folder.path("sessions/channel-c-1/pid")
    var text = ""
    try await wait(for: "the program to run") {
      text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      return text.hasSuffix("\n")
    }
    let group = try #require(Int32(text.dropLast()))
    #expect(await session.stop().isOver)
    try await wait(for: "its group to be gone") { kill(-group, 0) != 0 }
    #expect(await bench.outbox.replies.isEmpty)
  }

  @Test("is not asked a second time after a restart, and the asker is told how to")
  func leftUnfinished() async throws {
    let folder = try TemporaryFolder()
    do {
      let bench = try Bench(folder)
      await bench.registry.use(agents: ["tool": agent(.shell("echo run >> ../runs; sleep 1000"))])
      _ = await bench.registry.session(.channel("c")).submit(bench.request("p1", "do it", agent: "tool"))
      try await wait(for: "the program to run") {
        (try? String(contentsOfFile: folder.path("sessions/runs"), encoding: .utf8)) == "run\n"
      }
      await bench.registry.shutDown()
      await bench.store.close()
    }
    let bench = try Bench(folder)
    await bench.registry.use(agents: ["tool": agent(.shell("echo run >> ../runs; cat"))])
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", "do it", agent: "tool"))
    try await bench.outbox.reaches(1)
    #expect(await bench.outbox.texts == ["failed: leftUnfinished"])
    try await session.idle()
    _ = try await session.retry(bench.request("p2", "", agent: "tool"))
    try await bench.outbox.reaches(2)
    #expect(await bench.outbox.texts.last == "do it")
    #expect(try String(contentsOfFile: folder.path("sessions/runs"), encoding: .utf8) == "run\nrun\n")
  }

  @Test("is asked after a restart where it had not begun: it waited for its place among those at work")
  func notBegun() async throws {
    let folder = try TemporaryFolder()
    let gate = AgentGate()
    try await gate.enter(atMost: 1)
    do {
      let bench = try Bench(folder)
      let limits = AgentLimits(concurrency: 1)
      let waiting = BoundedAgent(name: "tool", agent: agent(.command(["cat"])), limits: limits, gate: gate)
      await bench.registry.use(agents: ["tool": waiting])
      _ = await bench.registry.session(.channel("c")).submit(bench.request("p1", "do it", agent: "tool"))
      try await wait(for: "it to wait") { gate.state.withLock { !$0.waiting.isEmpty } }
      await bench.registry.shutDown()
      await bench.store.close()
    }
    let bench = try Bench(folder)
    await bench.registry.use(agents: ["tool": agent(.command(["cat"]))])
    _ = await bench.registry.session(.channel("c")).submit(bench.request("p1", "do it", agent: "tool"))
    try await bench.outbox.reaches(1)
    #expect(await bench.outbox.texts == ["do it"])
  }

  @Test("makes the same text of bytes wherever they are cut")
  func everyCut() async {
    let bytes = Array("é€😀 e\u{301} 日本語".utf8)
    for first in bytes.indices {
      for second in first..<bytes.count {
        let stream = UTF8Decoder()
        var text = ""
        for piece in [bytes[..<first], bytes[first..<second], bytes[second...]] {
          text += await stream.take(Array(piece)) ?? ""
        }
        text += await stream.end() ?? ""
        #expect(text.utf8.elementsEqual(bytes))
      }
    }
    let stream = UTF8Decoder()
    #expect(await stream.take([0xE2, 0x82]) == nil)
    #expect(await stream.end() == "\u{FFFD}")
  }
}
