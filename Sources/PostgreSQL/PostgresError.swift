/// A failure of the database or of the connection to it, with a summary and a remedy.
package struct PostgresError: Error, Sendable, Equatable {
  package enum Code: String, Sendable, CaseIterable {
    /// The text is not an address of a PostgreSQL database.
    case badAddress
    /// No server could be reached, or it is not PostgreSQL.
    case cannotConnect
    /// TLS failed, or the server's certificate was not accepted.
    case tlsFailed
    /// The user or the password was not accepted.
    case notAuthenticated
    /// The database does not exist.
    case noDatabase
    /// The server, the database or the user has all the connections that it may have.
    case tooManyConnections
    /// The server is starting or shutting down.
    case unavailable
    /// The connection was not accepted within its time limit.
    case timedOut
    /// The task was cancelled while it was connecting.
    case cancelled
    /// The connection ended, or the server did not answer in time.
    case connectionLost
    /// The connection was closed by `close()`.
    case closed
    /// A text contains U+0000. Nothing was sent.
    case nulCharacter
    /// A batch is larger than its limit. Nothing was sent.
    case tooLarge
    /// The server refused a statement; `sqlState` says why. Nothing of the batch has happened.
    case refused
    /// A result has another form than the program expects.
    case unexpectedResult
    /// The rows of a batch exceed their limit. The batch itself has happened, unless it fails for another reason.
    case resultTooLarge
  }

  package let code: Code
  /// The server's code of five characters, if it has sent one:
  /// https://www.postgresql.org/docs/current/errcodes-appendix.html
  package let sqlState: String?
  /// Words of the server, of libpq or of this target: never a value, never a password.
  package let detail: String
  /// True if the batch was sent, wholly or in part, and the server has not said whether it has happened.
  package let isUncertain: Bool

  package init(_ code: Code, _ detail: String = "", sqlState: String? = nil, isUncertain: Bool = false) {
    self.code = code
    self.sqlState = sqlState
    self.detail = detail
    self.isUncertain = isUncertain
  }

  /// Returns the error for a batch that was sent and has no result.
  func forSentBatch() -> PostgresError { PostgresError(code, detail, sqlState: sqlState, isUncertain: true) }
}

extension PostgresError {
  /// True if the connection has ended. Whether the batch has happened is unknown if `isUncertain`; otherwise it has not.
  package var isConnectionLost: Bool { code == .connectionLost || code == .closed }

  /// True if the same may succeed later: the connection failed, or the statement met another's lock or transaction, or
  /// a limit of the server.
  package var isTransient: Bool {
    switch code {
    case .cannotConnect, .tooManyConnections, .unavailable, .timedOut, .connectionLost: true
    case .refused: sqlState.map(Self.isTransient) ?? false
    default: false
    }
  }

  private static func isTransient(_ sqlState: String) -> Bool {
    switch sqlState {
    // A lock was not available, a time limit of the server was exceeded, a prepared statement has become invalid, as after
    // a change of a table.
    case "55P03", "57014", "26000", "0A000": true
    // Serialization failures and deadlocks, insufficient resources, an administrator's intervention.
    default: sqlState.hasPrefix("40") || sqlState.hasPrefix("53") || sqlState.hasPrefix("57P0")
    }
  }
}

// MARK: Text

extension PostgresError: CustomStringConvertible {
  package var description: String { "\(summary); \(remedy)" }

  /// The failure, as a fragment of a sentence.
  package var summary: String {
    let details = [sqlState.map { "SQLSTATE \($0)" } ?? "", detail].filter { !$0.isEmpty }.joined(separator: ": ")
    return details.isEmpty ? code.text : "\(code.text) (\(details))"
  }

  package var remedy: String {
    switch code {
    case .badAddress: "write it like postgresql://user@host:5432/database"
    case .cannotConnect: "check the address, and that PostgreSQL runs and listens there"
    case .tlsFailed: "check `sslmode` and `sslrootcert` in the address, and the server's certificate"
    case .notAuthenticated: "check the user and the password, and pg_hba.conf of the server"
    case .noDatabase: "create it, for example with `createdb`"
    case .tooManyConnections: "end other connections, or raise `max_connections` of the server"
    case .unavailable: "wait until it accepts connections"
    case .timedOut: "check the address and the network"
    case .cancelled: "try again"
    case .connectionLost: "check that the server runs, and the network between"
    case .closed: "open another connection"
    case .nulCharacter: "remove the character from the text"
    case .tooLarge: "send less at once"
    case .refused: isTransient ? "try again" : "the server's log says more"
    case .unexpectedResult: "check that the schema is the one of this version"
    case .resultTooLarge: "read less at once"
    }
  }
}

extension PostgresError.Code {
  fileprivate var text: String {
    switch self {
    case .badAddress: "the address of the database cannot be used"
    case .cannotConnect: "the database cannot be reached"
    case .tlsFailed: "TLS to the database could not be set up"
    case .notAuthenticated: "the database did not accept the user"
    case .noDatabase: "the database does not exist"
    case .tooManyConnections: "the database has no free connection"
    case .unavailable: "the database is starting or shutting down"
    case .timedOut: "the database did not accept the connection in time"
    case .cancelled: "connecting to the database was cancelled"
    case .connectionLost: "the connection to the database was lost"
    case .closed: "the connection to the database is closed"
    case .nulCharacter: "a text contains the character U+0000, which PostgreSQL does not store"
    case .tooLarge: "a batch for the database is too large"
    case .refused: "the database refused a statement"
    case .unexpectedResult: "a result of the database has an unexpected form"
    case .resultTooLarge: "a result of the database is too large"
    }
  }
}
