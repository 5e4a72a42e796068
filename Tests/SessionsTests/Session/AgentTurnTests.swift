import Agents
import Core
import Foundation
import Logging
import RuleEngine
import TestSupport
import Testing
import Transport

@testable import Sessions

/// Turns of a session with real agents: an endpoint on loopback, and programs.
@Suite(.everyStore, .timeLimit(.minutes(1)))
struct AgentTurnTests {
  private let agents = AgentFactory(
    client: HTTPClient(logger: .silent), environment: ["PATH": "/usr/bin:/bin"], logger: .silent)

  private func use(_ kind: AgentKind, _ limits: AgentLimits = .program, on fixture: Fixture) {
    let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
    fixture.registry.use(
      agents: agents.agents(for: [AgentDefinition(name: "tool", kind: kind, limits: limits, location: location)]))
  }

  @Test func `stopping a turn closes the request to the endpoint and delivers nothing`() async throws {
    let server = try ChatServer([.head(), .word("a"), .repeatUntilClosed(Array(": still thinking\n\n".utf8))])
    let fixture = try await Fixture()
    use(.chat(.openai, ChatSettings(baseURL: server.url, model: "m")), .model, on: fixture)
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", agent: "tool"))
    _ = try await server.request()
    #expect(await session.stop().isOver)
    #expect(try await server.next() == .closedByClient)
    #expect(await fixture.delivered.replies.isEmpty)
  }

  @Test func `stopping a turn ends the program with all its children and delivers nothing`() async throws {
    let fixture = try await Fixture()
    use(.exec(ExecSettings(program: .shell("echo $$ > pid; sleep 1000 & sleep 1000"))), on: fixture)
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", agent: "tool"))
    let path = fixture.folder.path("sessions/channel-c-1/pid")
    var text = ""
    try await wait(for: "the program to run") {
      text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      return text.hasSuffix("\n")
    }
    let group = try #require(Int32(text.dropLast()))
    #expect(await session.stop().isOver)
    try await wait(for: "its group to be gone") { kill(-group, 0) != 0 }
    #expect(await fixture.delivered.replies.isEmpty)
  }

  @Test func `a program is not run again after a restart, and the reply says how to ask again`() async throws {
    let folder = try TemporaryFolder()
    do {
      let fixture = try await Fixture(folder)
      use(.exec(ExecSettings(program: .shell("echo run >> ../runs; sleep 1000"))), on: fixture)
      _ = await fixture.registry.session(.channel("c")).submit(fixture.request("p1", "do it", agent: "tool"))
      try await wait(for: "the program to run") {
        (try? String(contentsOfFile: folder.path("sessions/runs"), encoding: .utf8)) == "run\n"
      }
      await fixture.registry.shutDown()
      await fixture.store.close()
    }
    let fixture = try await Fixture(folder)
    use(.exec(ExecSettings(program: .shell("echo run >> ../runs; cat"))), on: fixture)
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", "do it", agent: "tool"))
    try await fixture.delivered.reaches(1)
    #expect(await fixture.delivered.texts == ["failed: leftUnfinished"])
    try await session.idle()
    _ = try await session.retry(fixture.request("p2", "", agent: "tool"))
    try await fixture.delivered.reaches(2)
    #expect(await fixture.delivered.texts.last == "do it")
    #expect(try String(contentsOfFile: folder.path("sessions/runs"), encoding: .utf8) == "run\nrun\n")
  }

  @Test func `a program that waited for its agent's concurrency is run after a restart`() async throws {
    let folder = try TemporaryFolder()
    let limits = AgentLimits(concurrency: 1)
    do {
      let fixture = try await Fixture(folder)
      use(.exec(ExecSettings(program: .shell("sleep 1000"))), limits, on: fixture)
      let busy = try await Fixture()
      use(.exec(ExecSettings(program: .shell("echo > ../running; sleep 1000"))), limits, on: busy)
      _ = await busy.registry.session(.channel("d")).submit(busy.request("p0", agent: "tool"))
      try await wait(for: "another program to run") {
        FileManager.default.fileExists(atPath: busy.folder.path("sessions/running"))
      }
      _ = await fixture.registry.session(.channel("c")).submit(fixture.request("p1", "do it", agent: "tool"))
      try await wait(for: "the turn to run") {
        try await fixture.registry.session(.channel("c")).status().running != nil
      }
      await fixture.registry.shutDown()
      await fixture.store.close()
      await busy.registry.shutDown()
    }
    let fixture = try await Fixture(folder)
    use(.exec(ExecSettings(program: .command(["cat"]))), on: fixture)
    _ = await fixture.registry.session(.channel("c")).submit(fixture.request("p1", "do it", agent: "tool"))
    try await fixture.delivered.reaches(1)
    #expect(await fixture.delivered.texts == ["do it"])
  }
}
