import Core
import Foundation
import RuleEngine
import Synchronization
import TestSupport
import Testing

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct ExecAgentTests {
  private let temporary: TemporaryFolder
  private let environment = ["PATH": "/usr/bin:/bin", "MATTERMOST_TOKEN": "sesame"]

  init() throws { temporary = try TemporaryFolder() }

  private func agent(_ program: ExecSettings.Program, _ variables: [NamedValue] = []) -> ExecAgent {
    ExecAgent(name: "tool", settings: ExecSettings(program: program, environment: variables), .test(environment))
  }

  private var request: AgentRequest {
    let origin = MessageOrigin(
      post: "p1", thread: "t1", channel: "c1", channelName: "dev", user: "u1", userName: "alice")
    return AgentRequest(
      history: [HistoryEntry(speaker: "bob", message: "one", answer: "1")], message: "two", speaker: "alice",
      sessionID: "channel:c1#1", origin: origin,
      services: TestContext(folder: SessionFolder(path: temporary.path("sessions/c1"))))
  }

  private func ask(_ agent: ExecAgent, _ request: AgentRequest? = nil) async throws -> [ResponsePart] {
    try await agent.respond(to: request ?? self.request).parts()
  }

  private func said(_ agent: ExecAgent, _ request: AgentRequest? = nil) async throws -> String {
    try await ask(agent, request).reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
  }

  private func failure(_ agent: ExecAgent) async throws -> AgentFailure {
    try #require(await #expect(throws: AgentFailure.self) { try await ask(agent) })
  }

  @Test func `an exec agent reads the message and writes the answer`() async throws {
    #expect(try await said(agent(.command(["tr", "a-z", "A-Z"]))) == "TWO")
    #expect(try await said(agent(.shell("read line; echo \"you said $line\""))) == "you said two\n")
  }

  @Test func `no part of a message is evaluated by a shell`() async throws {
    var request = request
    request.message = "$(touch owned); `touch owned`\n\u{0}-rf \u{FFFD}"
    request.origin.userName = "$(touch owned)\nX=1\u{0}"
    #expect(try await said(agent(.command(["cat"])), request) == request.message.replacing("\u{0}", with: ""))
    let told = try await said(agent(.shell("printf %s \"$EDGECRAB_USER_NAME\"")), request)
    #expect(told == "$(touch owned) X=1")
    #expect(!FileManager.default.fileExists(atPath: request.services.folder.path + "/owned"))
  }

  @Test func `a program gets the origin and the history, and only its own variables`() async throws {
    let folder = request.services.folder.path
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

  @Test func `a program gets the message's files, and its output files are attached once`() async throws {
    var request = request
    request.files = [AttachedFile(id: "f1", name: "a b.txt", mediaType: "text/plain", size: 2)]
    let folder = request.services.folder
    request.services = TestContext(
      folder: folder,
      file: { (file, folder) async throws(AttachmentFailure) in
        do throws(FolderError) {
          let written = try folder.open(file.name, forWriting: true)
          _ = write(written, "hi", 2)
          close(written)
          return file.name
        } catch {
          throw AttachmentFailure(.notWritten, file: file.name)
        }
      })
    let copying = agent(.shell("cp \"$EDGECRAB_FILES\" \"$EDGECRAB_OUT/copy.txt\""))
    #expect(try await ask(copying, request) == [.file("out/p1/copy.txt")])
    request.origin.post = "p2"
    #expect(try await ask(agent(.shell("true")), request).isEmpty)
  }
  @Test func `output files in subfolders are attached in the order of their names, up to the limits`() async throws {
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
    #expect(throws: FolderError(.notRegular, path: "out/p1/1")) { close(try request.services.folder.open("out/p1/1")) }
  }

  @Test func `an unreadable output folder does not lose the answer`() async throws {
    let locked = request.services.folder.path + "/out/p1/locked"
    defer { _ = chmod(locked, 0o700) }
    let parts = try await ask(agent(.shell("echo hi; mkdir -m 000 \"$EDGECRAB_OUT/locked\"")))
    // Root can read it nevertheless, and finds it empty.
    let named: [ResponsePart] = geteuid() == 0 ? [] : [.file("out/p1/locked")]
    #expect(parts == [.text("hi\n")] + named)
  }

  @Test func `overwritten text is retracted, and colours and NUL are removed`() async throws {
    let program = "printf '\\033[3'; sleep 0.2; printf '2mgreen\\033[0m\\000 10%%'; sleep 0.2; printf '\\rdone     \\n'"
    #expect(
      try await ask(agent(.shell(program))) == [.text("green 10%"), .retracted(9), .text("done     \n")])
  }

  @Test func `a file that is not executable is reported with its path and the remedy`() async throws {
    let path = try temporary.write("#!/bin/sh\n", to: "tool")
    let failed = try await failure(agent(.command([path])))
    #expect(failed.code == .notExecutable)
    #expect(failed.sentence().contains("`\(path)` is not executable") && failed.sentence().contains("`chmod +x`"))
    #expect(failed.description.contains("`\(path)` is not executable; make it executable (`chmod +x`)"))
    #expect(try await failure(agent(.command(["/tmp"]))).description.contains("`/tmp` is a folder, not a program"))
    #expect(
      try await failure(agent(.shell(path))).description.contains("exited(126): a program in it is not executable"))
  }
  @Test func `standard error is logged by line without secrets, and its last lines are part of the failure`()
    async throws
  {
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
        ]), .test(environment, logger: report.logger))
    let failed = try await failure(agent)
    #expect(failed.detail == "exited(1), " + (292...300).map { "\($0)" }.joined(separator: " | ") + " | bad")
    let log = report.lines
    #expect(log.contains { $0.contains("line=load 9%") })
    #expect(log.contains { $0.contains("line=key <redacted>") } && !log.contains { $0.contains("sesame") })
    #expect(log.count { $0.contains("line=") } == Limits.errorLinesLogged)
    #expect(log.contains { $0.contains("count=103") })
  }

  @Test func `text is passed on as it comes, in whole characters`() async throws {
    let program = "printf 'first \\303'; sleep 0.2; printf '\\251 then'; sleep 0.2; printf ' \\377.'"
    #expect(try await ask(agent(.shell(program))) == [.text("first "), .text("é then"), .text(" \u{FFFD}.")])
  }

  @Test func `each kind of failure has a code and details`() async throws {
    #expect(try await failure(agent(.command(["no-such-program"]))).code == .noProgram)
    let variables = [NamedValue(name: "KEY", value: Secret("sesame-key"), written: "${KEY}")]
    let failed = try await failure(agent(.shell("echo \"bad $KEY\" >&2; exit 3"), variables))
    #expect(failed.code == .programFailed)
    #expect(failed.detail == "exited(3), bad <redacted>")
  }

  @Test func `decoded text does not depend on where the bytes are cut`() {
    let bytes = Array("é€😀 e\u{301} 日本語".utf8)
    for first in bytes.indices {
      for second in first..<bytes.count {
        var decoder = UTF8Decoder()
        var text = ""
        for piece in [bytes[..<first], bytes[first..<second], bytes[second...]] {
          text += decoder.append(Array(piece)) ?? ""
        }
        text += decoder.end() ?? ""
        #expect(text.utf8.elementsEqual(bytes))
      }
    }
    var decoder = UTF8Decoder()
    #expect(decoder.append([0xE2, 0x82]) == nil)
    #expect(decoder.end() == "\u{FFFD}")
  }
}
