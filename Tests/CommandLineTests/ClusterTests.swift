import Foundation
import Sandbox
import TestSupport
import Testing

/// Two real programs with a store in one real PostgreSQL database: both answer, and each takes over from the other.
@Suite(
  .enabled(if: PostgresServer.isAvailable, "scripts/install-packages.sh could not install PostgreSQL"),
  .timeLimit(.minutes(3)))
struct ClusterTests {
  /// The time from the end of a gateway to the answers of the next: a lease of eight seconds, a second until it is looked
  /// for, and what a busy machine needs.
  private static let takeOver = Duration.seconds(10)

  private static let rules = """
    version: 1
    access: { users: "*" }
    agents: { echo: { type: echo } }
    rules: [{ name: all, when: { trigger: mention }, agent: echo, reply: { max_length: 200 } }]
    """

  private let homes: [TemporaryFolder]

  init() throws { homes = [try TemporaryFolder(), try TemporaryFolder()] }

  /// Starts a gateway in the first or the second folder.
  private func start(
    _ index: Int, on sandbox: SandboxServer, _ store: String, rules: String = rules, url: String? = nil,
    _ more: [String: String] = [:]
  ) throws -> EdgecrabProcess {
    _ = try homes[index].write(rules, to: "rules.yaml")
    let environment = [
      "MATTERMOST_URL": url ?? sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken,
      "EDGECRAB_HOME": homes[index].url.path, "EDGECRAB_STORE": store,
    ]
    return try EdgecrabProcess(["gateway", "start"], environment: environment.merging(more) { $1 })
  }

  /// Starts two gateways, of which the first one holds the conversation of the channel, as `said` shows.
  private func startBoth(
    on sandbox: SandboxServer, _ store: String, rules: String = rules, url: String? = nil, holding question: String
  ) async throws -> (first: EdgecrabProcess, second: EdgecrabProcess) {
    let first = try start(0, on: sandbox, store, rules: rules, url: url)
    try await first.says("Connected.")
    try await ask(question, sandbox)
    try await wait(for: "the answer of the first one") { try await !said(sandbox).isEmpty }
    let second = try start(1, on: sandbox, store, rules: rules)
    try await second.says("Connected.")
    return (first, second)
  }

  private func ask(_ text: String, _ sandbox: SandboxServer) async throws {
    try await sandbox.post(as: "alice", in: "dev", "@edgecrab " + text)
  }

  /// Returns what the bot has posted in the channel, in order.
  private func said(_ sandbox: SandboxServer) async throws -> [String] {
    try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }.map(\.message)
  }

  /// Asks once more, waits for the answer, and returns what the bot has posted before it.
  private func saidBefore(last text: String, _ sandbox: SandboxServer) async throws -> [String] {
    try await ask(text, sandbox)
    try await wait(for: "the last answer", every: .milliseconds(20)) { try await said(sandbox).contains(text) }
    return Array(try await said(sandbox).prefix { $0 != text })
  }

  private func end(_ processes: EdgecrabProcess...) async throws {
    for process in processes { process.terminate() }
    for process in processes { #expect(try await process.ended().status == 0) }
  }
}

// MARK: Sharing the work

extension ClusterTests {
  private static let threadRules = """
    version: 1
    access: { users: "*" }
    agents: { echo: { type: echo } }
    rules: [{ name: all, when: { trigger: mention }, agent: echo, session: thread }]
    """

  @Test func `both answer, each post is answered once, and the conversations are shared`() async throws {
    let (server, database) = (try await PostgresServer.shared, try await PostgresServer.shared.newDatabase())
    try await withSandbox { sandbox in
      let first = try start(0, on: sandbox, database.url, rules: Self.threadRules)
      let second = try start(1, on: sandbox, database.url, rules: Self.threadRules)
      for process in [first, second] { try await process.says("Connected.") }
      let texts = (1...40).map { "question \($0)" }
      for text in texts { try await ask(text, sandbox) }
      try await wait(for: "the answers", every: .milliseconds(50)) { try await said(sandbox).count >= texts.count }
      // What both would answer would come soon.
      try await Task.sleep(for: .seconds(2))
      #expect(try await said(sandbox).sorted() == texts.sorted())
      let holders = try await server.execute("SELECT count(DISTINCT member) FROM leases", in: database.name)
      #expect(holders == "2")
      let open = try await server.execute("SELECT count(*) FROM claims WHERE NOT done", in: database.name)
      #expect(open == "0")
      // Neither takes the other for a stranger.
      for process in [first, second] { #expect(!process.said.contains("another gateway"), "\(process.said)") }
      try await end(first, second)
    }
  }

  @Test func `a limit counts what any gateway answers`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    let rules = Self.threadRules.replacing(
      "session: thread", with: #"session: thread, limit: { per_user: "5/hour" }"#)
    try await withSandbox { sandbox in
      let first = try start(0, on: sandbox, database.url, rules: rules)
      let second = try start(1, on: sandbox, database.url, rules: rules)
      for process in [first, second] { try await process.says("Connected.") }
      for number in 1...12 { try await ask("question \(number)", sandbox) }
      try await wait(for: "the answers", every: .milliseconds(50)) { try await said(sandbox).count >= 12 }
      #expect(try await said(sandbox).count { $0.hasPrefix("question") } == 5)
      try await end(first, second)
    }
  }

  @Test func `a second gateway in the same folder is refused`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    try await withSandbox { sandbox in
      let first = try start(0, on: sandbox, database.url)
      try await first.says("Connected.")
      let second = try await start(0, on: sandbox, database.url).ended()
      #expect(second.status == 1)
      #expect(second.errors.contains("the folder `\(homes[0].url.path)` is in use by another"), "\(second.errors)")
      #expect(second.errors.contains("EDGECRAB_HOME"), "\(second.errors)")
      try await end(first)
    }
  }
}

// MARK: Rules

extension ClusterTests {
  @Test func `a gateway with older rules stands by, says so in every way, and answers once they are the same`()
    async throws
  {
    let database = try await PostgresServer.shared.newDatabase()
    let receiver = try NotificationReceiver(in: homes[1])
    let newer = Self.rules.replacing("agent: echo,", with: #"say: "by newer rules","#)
    try await withSandbox { sandbox in
      let first = try start(0, on: sandbox, database.url)
      try await first.says("Connected.")
      _ = try homes[0].write(newer, to: "rules.yaml")
      try await first.says("rules changed")
      let port = try TestServer.freePort()
      let second = try start(
        1, on: sandbox, database.url, ["EDGECRAB_LISTEN": "\(port)", "NOTIFY_SOCKET": receiver.address])
      try await second.says("standing by")
      let holder = "\(ProcessInfo.processInfo.hostName):\(first.id)"
      let status = try await receiver.next(with: "READY=1")
      #expect(status == "READY=1\nSTATUS=standing by; \(holder) answers by other rules", "\(status)")
      func get(_ path: String) async throws -> (status: Int, text: String) {
        let answer = try await RawHTTP.send("GET", "http://127.0.0.1:\(port)/\(path)")
        return (answer.status, answer.text)
      }
      #expect(try await get("live") == (200, "live\n"))
      #expect(try await get("ready") == (503, "not ready: standing by; \(holder) answers by other rules\n"))
      let health = try await get("health")
      #expect(health.text.contains(#""status" : "standby""#), "\(health.text)")
      #expect(health.text.contains(#""gateway" : "\#(holder)""#), "\(health.text)")
      #expect(try await get("metrics").text.contains("\nedgecrab_standby 1\n"))
      #expect(try await saidBefore(last: "by newer rules", sandbox).isEmpty)
      _ = try homes[1].write(newer, to: "rules.yaml")
      try await second.says("Connected.")
      #expect(try await get("ready").status == 200)
      #expect(try await get("metrics").text.contains("\nedgecrab_standby 0\n"))
      try await end(first, second)
    }
  }

  @Test func `newer rules of one gateway end the work of the others until they have them, and nothing is lost`()
    async throws
  {
    let database = try await PostgresServer.shared.newDatabase()
    let newer = Self.rules.replacing("name: all", with: "name: everything")
    try await withSandbox { sandbox in
      let (first, second) = try await startBoth(on: sandbox, database.url, holding: "0")
      _ = try homes[1].write(newer, to: "rules.yaml")
      try await second.says("rules changed")
      for number in 1...5 { try await ask("\(number)", sandbox) }
      // The first one gives back the conversation that it holds.
      try await first.says("standing by")
      try await wait(for: "the answers", every: .milliseconds(50)) { try await said(sandbox).count >= 6 }
      _ = try homes[0].write(newer, to: "rules.yaml")
      try await wait(for: "the first one") { first.said.components(separatedBy: "Connected.").count == 3 }
      #expect(try await saidBefore(last: "last", sandbox) == (0...5).map(String.init))
      try await end(first, second)
    }
  }
}

// MARK: Taking over

extension ClusterTests {
  @Test func `a gateway that is stopped hands over at once`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    try await withSandbox { sandbox in
      let (first, second) = try await startBoth(on: sandbox, database.url, holding: "one")
      first.terminate()
      let ended = ContinuousClock.now
      try await ask("two", sandbox)
      try await wait(for: "the second answer", every: .milliseconds(20)) { try await said(sandbox) == ["one", "two"] }
      // Without that, it would wait for the end of the lease.
      #expect(ContinuousClock.now - ended < .seconds(5))
      #expect(try await first.ended().status == 0)
      try await end(second)
    }
  }

  @Test func `after a kill, the other gateway answers within ten seconds what was left, once`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    try await withSandbox { sandbox in
      // The second part of an answer is not received any more when the gateway is killed.
      let gate = TestGate()
      let relay = try InterceptingProxy(before: sandbox.url) { call, before in
        call.target == "POST /api/v4/posts" && before >= 2 ? .hold(gate) : .pass
      }
      let (first, second) = try await startBoth(on: sandbox, database.url, url: relay.url, holding: "0")
      let parts = "abcd".map { String(repeating: $0, count: 150) }
      try await ask(parts.joined(separator: "\n\n"), sandbox)
      try await wait(for: "the second part") { relay.calls("POST /api/v4/posts").count >= 3 }
      try await ask("one", sandbox)
      first.kill()
      let killed = ContinuousClock.now
      _ = try await first.ended()
      gate.open()
      for number in 2...6 { try await ask("\(number)", sandbox) }
      try await wait(for: "the first answer of the other gateway", every: .milliseconds(20)) {
        try await said(sandbox).count >= 3
      }
      #expect(ContinuousClock.now - killed < Self.takeOver)
      let expected = ["0"] + parts + ["one"] + (2...6).map(String.init)
      try await wait(for: "all answers", every: .milliseconds(20)) { try await said(sandbox).count >= expected.count }
      #expect(try await saidBefore(last: "last", sandbox) == expected)
      #expect(try await said(sandbox).count == expected.count + 1)
      try await end(second)
    }
  }

  @Test func `a paused gateway posts nothing when it wakes, and joins again`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    let gate = TestGate()
    let endpoint = try ChatServer(inTurn: [
      [.head(), .wait(gate), .word("late"), .finish, .done], [.head(), .word("in time"), .finish, .done],
    ])
    let rules = """
      version: 1
      access: { users: "*" }
      agents: { model: { type: openai, base_url: "\(endpoint.url)", model: m }, echo: { type: echo } }
      rules:
        - { name: others, when: { trigger: mention, text: { contains: [first, last] } }, agent: echo }
        - { name: all, when: { trigger: mention }, agent: model }
      """
    try await withSandbox { sandbox in
      let (first, second) = try await startBoth(on: sandbox, database.url, rules: rules, holding: "first")
      try await ask("one", sandbox)
      _ = try await endpoint.request()
      first.suspend()
      // The agent answers the paused gateway.
      gate.open()
      try await wait(for: "the answer") { try await said(sandbox) == ["first", "in time"] }
      try await Task.sleep(for: .seconds(5))
      first.resume()
      try await first.says("no longer answering")
      try await wait(for: "the next report") { first.said.components(separatedBy: "Connected.").count == 3 }
      #expect(try await saidBefore(last: "last", sandbox) == ["first", "in time"])
      // And takes over in turn.
      try await end(second)
      #expect(try await saidBefore(last: "the very last", sandbox) == ["first", "in time", "last"])
      try await end(first)
    }
  }

  @Test func `a gateway that Mattermost does not reach gives its conversations back`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    try await withSandbox { sandbox in
      var relay: TCPRelay? = try TCPRelay(to: UInt16(#require(URL(string: sandbox.url)?.port)))
      let url = "http://127.0.0.1:\(relay?.port ?? 0)"
      let (first, second) = try await startBoth(on: sandbox, database.url, url: url, holding: "0")
      // Its connections are closed, and no others made.
      relay = nil
      for number in 1...3 { try await ask("\(number)", sandbox) }
      try await first.says("no longer answering")
      try await wait(for: "the answers", every: .milliseconds(50)) { try await said(sandbox).count >= 4 }
      #expect(try await saidBefore(last: "last", sandbox) == ["0", "1", "2", "3"])
      try await first.says("not started yet; trying again")
      try await end(first, second)
    }
  }
}

// MARK: The database

extension ClusterTests {
  @Test func `a database that is restarted at once costs nothing`() async throws {
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    try await withSandbox { sandbox in
      let process = try start(0, on: sandbox, database.url)
      try await process.says("Connected.")
      try await ask("1", sandbox)
      try await wait(for: "the first answer") { try await said(sandbox) == ["1"] }
      try await server.kill()
      for number in 2...4 { try await ask("\(number)", sandbox) }
      try await server.start()
      try await wait(for: "the answers", every: .milliseconds(20)) { try await said(sandbox).count >= 4 }
      #expect(try await saidBefore(last: "last", sandbox) == ["1", "2", "3", "4"])
      #expect(!process.said.contains("no longer answering"), "\(process.said)")
      try await end(process)
    }
  }

  @Test func `while the database is away for long nothing is answered, and afterwards everything once`() async throws {
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    try await withSandbox { sandbox in
      let (first, second) = try await startBoth(on: sandbox, database.url, holding: "1")
      try await server.stop()
      for number in 2...4 { try await ask("\(number)", sandbox) }
      try await first.says("no longer answering")
      for process in [first, second] { try await process.says("not started yet; trying again") }
      for number in 5...6 { try await ask("\(number)", sandbox) }
      #expect(try await said(sandbox) == ["1"])
      try await server.start()
      try await wait(for: "the answers", every: .milliseconds(20)) { try await said(sandbox).count >= 6 }
      #expect(try await saidBefore(last: "last", sandbox) == (1...6).map(String.init))
      try await end(first, second)
    }
  }

  @Test func `an agent is left before another gateway may take over`() async throws {
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    let endpoint = try ChatServer(inTurn: [[.head(), .hold], [.head(), .word("again"), .finish, .done]])
    let rules = """
      version: 1
      access: { users: "*" }
      agents: { model: { type: openai, base_url: "\(endpoint.url)", model: m } }
      rules: [{ name: all, when: { trigger: mention }, agent: model }]
      """
    try await withSandbox { sandbox in
      let process = try start(0, on: sandbox, database.url, rules: rules)
      try await process.says("Connected.")
      try await ask("one", sandbox)
      _ = try await endpoint.request()
      server.suspend()
      let suspended = ContinuousClock.now
      // It waits for the database, which does not answer.
      try await ask("two", sandbox)
      #expect(try await endpoint.next() == .closedByClient)
      // The length of the lease, which began before.
      #expect(ContinuousClock.now - suspended < .seconds(8))
      try await process.says("no longer answering")
      server.resume()
      try await wait(for: "the answers", every: .milliseconds(20)) { try await said(sandbox) == ["again", "again"] }
      try await end(process)
    }
  }

  @Test func `a database that does not answer holds up no end`() async throws {
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    try await withSandbox { sandbox in
      let (first, second) = try await startBoth(on: sandbox, database.url, holding: "1")
      server.suspend()
      try await end(first, second)
      server.resume()
    }
  }

  @Test(arguments: ["mysql://crab:secret-word@db/crab", "postgresql://crab:secret-word@[db/crab", "secret-word"])
  func `a value that is not an address is refused without being shown`(value: String) async throws {
    try await withSandbox { sandbox in
      let ended = try await start(0, on: sandbox, value).ended()
      #expect(ended.status == 1)
      #expect(ended.errors.hasPrefix("edgecrab: EDGECRAB_STORE is not the address of a PostgreSQL database; "))
      #expect(!(ended.errors + ended.output).contains("secret-word"))
    }
  }

  @Test func `what only a person can mend ends the start with a sentence`() async throws {
    let server = try await PostgresServer.shared
    let database = try await server.newDatabase()
    func refusal(_ address: String, on sandbox: SandboxServer) async throws -> String {
      let ended = try await start(0, on: sandbox, address).ended()
      #expect(ended.status == 1)
      for secret in ["secret-word", PostgresServer.password] {
        #expect(!(ended.errors + ended.output).contains(secret), "\(ended.errors)")
      }
      return ended.errors
    }
    try await withSandbox { sandbox in
      #expect(try await refusal(server.database("nowhere").url, on: sandbox).contains("create it with `createdb`"))
      let wrong = database.tcpURL.replacing(PostgresServer.password, with: "secret-word")
      #expect(try await refusal(wrong, on: sandbox).contains("check the user and the password"))
      let first = try start(1, on: sandbox, database.tcpURL)
      try await first.says("Connected.")
      #expect(!first.said.contains(PostgresServer.password))
      try await end(first)
      try await server.execute("UPDATE store SET bot = 'another'", in: database.name)
      #expect(try await refusal(database.url, on: sandbox).contains("belongs to another bot"))
    }
  }

  @Test func `programs of agents and the list of processes do not have the address`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    let rules = """
      version: 1
      access: { users: "*" }
      agents: { shell: { type: exec, command: [sh, -c, "env; ps -ef"] } }
      rules: [{ name: talk, when: { trigger: mention }, agent: shell }]
      """
    try await withSandbox { sandbox in
      let process = try start(0, on: sandbox, database.tcpURL, rules: rules)
      try await process.says("Connected.")
      let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
      let answer = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }.message
      #expect(answer.contains("PATH="), "\(answer)")
      let all = try await said(sandbox).joined()
      #expect(!all.contains("EDGECRAB_STORE") && !all.contains(PostgresServer.password), "\(all)")
      try await end(process)
    }
  }
}
