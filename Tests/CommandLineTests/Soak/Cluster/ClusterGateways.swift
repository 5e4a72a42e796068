import Sandbox
import TestSupport

/// The gateways of a run, and the database that they share.
final class ClusterGateways {
  private let gateways: [ClusterGateway]
  private let database: ClusterDatabase
  private let recorder: ClusterRecorder
  private var ends: [Task<Void, any Error>] = []
  private var endOfDatabaseFault: Task<Void, any Error>?

  /// Starts all gateways, and waits until they are members.
  init(_ count: Int, rules: String, on sandbox: SandboxServer, _ recorder: ClusterRecorder) async throws {
    let database = try await ClusterDatabase(on: ClusterDatabase.startServer())
    self.database = database
    self.recorder = recorder
    func start(_ number: Int) throws -> ClusterGateway {
      try ClusterGateway(number, rules: rules, on: sandbox, database.database, recorder)
    }
    let first = try start(0)
    // It creates the tables before it connects. Posts before that are not answered.
    try await sandbox.waitForConnection(within: patience)
    try await database.recordChanges()
    gateways = try [first] + (1..<count).map(start)
    try await database.waitForMembers(count)
  }

  /// The number of starts of all gateways.
  var starts: Int { gateways.reduce(0) { $0 + $1.starts } }

  /// The end of what each has said since its last start.
  var said: String { gateways.map { "gateway \($0.number): \($0.said.suffix(4_000))" }.joined(separator: "\n") }

  func ensureRunning() throws { for gateway in gateways { try gateway.ensureRunning() } }

  /// Waits until every gateway works.
  func recover() async throws {
    for end in ends { try await end.value }
    try await endOfDatabaseFault?.value
    try await waitUntil { gateways.allSatisfy { !$0.isTouched } }
  }

  func end() async throws { for gateway in gateways { try await gateway.end() } }
}

// MARK: Faults

extension ClusterGateways {
  /// Applies a fault. That of a gateway waits until the gateway itself and one of the others have none.
  func apply(_ fault: ClusterFault) async throws {
    switch fault {
    case .kill(let number, let away): try await gateway(number).kill(away: away)
    case .stop(let number, let away): try await gateway(number).stop(away: away)
    case .pause(let number, let time): ends.append(try await gateway(number).pause(for: time))
    case .cut(let number, let server, let ways, let time):
      let gateway = try await gateway(number)
      recorder.record(.fault("\(fault)"))
      ends.append(try gateway.cut(from: server, ways, for: time))
    case .database(let databaseFault):
      try await endOfDatabaseFault?.value
      recorder.record(.fault("\(fault)"))
      endOfDatabaseFault = try await database.apply(databaseFault)
    case .server: break
    }
  }

  private func gateway(_ number: Int) async throws -> ClusterGateway {
    try await waitUntil {
      !gateways[number].isTouched && gateways.contains { $0.number != number && !$0.isTouched }
    }
    return gateways[number]
  }

  private func waitUntil(_ holds: () -> Bool) async throws {
    while !holds() {
      try ensureRunning()
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}

// MARK: What the database recorded

extension ClusterGateways {
  /// Returns the changes of the database as events.
  ///
  /// - Parameter questions: the numbers of posts by their ids.
  func recorded(_ questions: [String: Int]) async throws -> [ClusterHistory.TimedEvent] {
    var numbers: [Int32: Int] = [:]
    for gateway in gateways {
      for id in gateway.processIDs { numbers[id] = gateway.number }
    }
    return try await database.changes().compactMap { at, change in
      let event: ClusterHistory.Event
      switch change {
      case .joined(let member, let name):
        guard let number = name.split(separator: ":").last.flatMap({ Int32($0) }).flatMap({ numbers[$0] }) else {
          throw TestFailure("no gateway is \(name)")
        }
        event = .joined(member: member, gateway: number)
      case .ended(let member): event = .ended(member: member)
      case .claimed(let claim, let member):
        // The claim of an edit has more after the id.
        guard let question = questions[String(claim.prefix { $0 != "@" })] else { return nil }
        event = .claimed(question: question, member: member)
      }
      return ClusterHistory.TimedEvent(at: at, event: event)
    }
  }
}
