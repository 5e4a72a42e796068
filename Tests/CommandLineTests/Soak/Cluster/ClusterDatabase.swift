import Foundation
import TestSupport

/// The database of a run. Triggers record in a table of its own which gateways are members, and what is claimed for them.
struct ClusterDatabase: Sendable {
  /// A change of the gateways' tables.
  enum Change: Sendable, Equatable {
    /// A member with a name, `HOST:PID`.
    case joined(member: Int64, name: String)
    case ended(member: Int64)
    /// The claim of a post, whose id it begins with.
    case claimed(claim: String, member: Int64)
  }

  let server: PostgresServer
  let database: PostgresServer.Database

  /// - Parameter server: a server of the run's own, as `startServer()` starts it, unless nothing is done to it.
  init(on server: PostgresServer) async throws {
    self.server = server
    database = try await server.newDatabase()
  }

  /// Starts a server whose disk can be slow: `commit_delay` has an effect only on commits that reach the disk, and with
  /// `commit_siblings` 0 also if no other transaction is active.
  static func startServer() async throws -> PostgresServer {
    try await PostgresServer(isDurable: true, settings: ["commit_siblings": "0"])
  }
}

// MARK: Recording

extension ClusterDatabase {
  /// Creates the triggers, when a gateway has created its tables.
  func recordChanges() async throws {
    try await server.execute(Self.triggers, in: database.name)
  }

  /// A trigger is a part of the gateway's own transaction, so that what is rolled back is not recorded. `clock_timestamp`
  /// is the time at which it runs: after the lock on the row of `members` that both a change and a takeover need.
  private static let triggers = """
    CREATE TABLE soak_changes (
      number bigserial PRIMARY KEY, kind text NOT NULL, member bigint NOT NULL, subject text NOT NULL,
      at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE FUNCTION soak_member() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO soak_changes (kind, member, subject) VALUES ('joined', NEW.id, NEW.name);
      ELSE
        INSERT INTO soak_changes (kind, member, subject) VALUES ('ended', OLD.id, OLD.name);
      END IF;
      RETURN NULL;
    END $$;
    CREATE FUNCTION soak_claim() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      holder bigint := to_jsonb(NEW)->>'member';
      former bigint;
    BEGIN
      IF TG_OP = 'UPDATE' THEN former := to_jsonb(OLD)->>'member'; END IF;
      IF holder IS DISTINCT FROM former THEN
        INSERT INTO soak_changes (kind, member, subject) VALUES ('claimed', holder, NEW.post);
      END IF;
      RETURN NULL;
    END $$;
    LOCK members, claims IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO soak_changes (kind, member, subject, at) SELECT 'joined', id, name, started_at FROM members;
    CREATE TRIGGER soak_member AFTER INSERT OR DELETE ON members FOR EACH ROW EXECUTE FUNCTION soak_member();
    CREATE TRIGGER soak_claim AFTER INSERT OR UPDATE ON claims FOR EACH ROW EXECUTE FUNCTION soak_claim();
    """

  /// Returns the changes so far, in order.
  func changes() async throws -> [(at: Date, change: Change)] {
    let select = "SELECT kind, member, extract(epoch FROM at), subject FROM soak_changes ORDER BY number"
    return try await server.execute(select, in: database.name).split(separator: "\n").map { line in
      let columns = line.split(separator: "|", maxSplits: 3).map(String.init)
      guard columns.count == 4, let member = Int64(columns[1]), let seconds = Double(columns[2]) else {
        throw TestFailure("not a change: \(line)")
      }
      let change: Change =
        switch columns[0] {
        case "joined": .joined(member: member, name: columns[3])
        case "ended": .ended(member: member)
        default: .claimed(claim: columns[3], member: member)
        }
      return (Date(timeIntervalSince1970: seconds), change)
    }
  }

  /// Waits until so many gateways are members and connected to Mattermost, and know it of each other.
  func waitForMembers(_ count: Int) async throws {
    try await wait(for: "\(count) members", every: .milliseconds(100)) {
      try await server.execute("SELECT count(*) FROM members WHERE is_ready", in: database.name) == "\(count)"
    }
    // Each of them looks once a second.
    try await Task.sleep(for: .seconds(2))
  }
}

// MARK: Faults

extension ClusterDatabase {
  /// Applies a fault.
  ///
  /// - Returns: The end of the fault, if it goes on meanwhile.
  func apply(_ fault: DatabaseFault) async throws -> Task<Void, any Error>? {
    switch fault {
    case .terminate: try await server.terminateConnections(to: database)
    case .restart: try await server.restart()
    case .crash:
      try await server.kill()
      try await server.start()
    case .silence(let time):
      server.suspend()
      return Task {
        try await Task.sleep(for: time)
        server.resume()
      }
    case .slowDisk(let time):
      try await slowDown(true)
      return Task {
        try await Task.sleep(for: time)
        try await slowDown(false)
      }
    }
    return nil
  }

  /// Makes each commit wait for 100 ms before PostgreSQL writes it to the disk and waits for that, or stops it. That is
  /// PostgreSQL's own setting to collect commits; transactions that wait at the same time share the wait, as they share
  /// the writing on a disk that is as slow. Reading is as fast as before.
  func slowDown(_ isSlow: Bool) async throws {
    // Each needs a transaction of its own.
    try await server.execute("ALTER SYSTEM SET commit_delay = \(isSlow ? 100_000 : 0)")
    try await server.execute("SELECT pg_reload_conf()")
  }
}
