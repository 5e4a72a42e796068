extension PostgresError {
  /// Creates the error of a statement that the server refused.
  init(refusal message: ServerMessage) {
    self.init(.refused, message.safeDetail, sqlState: message.sqlState)
  }

  /// Creates the error of a connection that could not be opened, of libpq's message with verbosity `PQERRORS_VERBOSE`:
  ///
  ///     connection to server at "::1", port 5432 failed: Connection refused
  ///     	Is the server running on that host and accepting TCP/IP connections?
  ///     connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed for user "x"
  ///     LOCATION:  auth_failed, auth.c:326
  ///
  /// libpq has no other way to ask for the SQLSTATE. Its own messages quote no password.
  ///
  /// - Parameter silentHosts: the hosts that did not answer before.
  init(connecting message: String, silentHosts: [String]) {
    let asides = ["LOCATION:", "DETAIL:", "HINT:", "\t", " "]
    let lines = message.split(whereSeparator: \.isNewline).filter { line in
      !asides.contains { line.hasPrefix($0) }
    }
    let sqlState = lines.compactMap { Self.sqlState(in: $0) }.last
    let silence = silentHosts.map { "\($0) did not answer in time" }
    let detail = (silence + lines.map { Self.withoutSQLState($0) }).joined(separator: "; ").limited
    self.init(Self.connectionCode(sqlState, detail), detail, sqlState: sqlState)
  }

  private static func connectionCode(_ sqlState: String?, _ detail: String) -> Code {
    switch sqlState {
    case "3D000": .noDatabase
    case "53300": .tooManyConnections
    case "57P01", "57P02", "57P03": .unavailable
    case let state? where state.hasPrefix("28"): .notAuthenticated
    case .some: .cannotConnect
    // Errors of TLS are known by their words only. libpq asks for no password itself.
    // A server that ends while TLS begins has not refused it.
    case nil where detail.contains("SSL SYSCALL"): .cannotConnect
    case nil where detail.contains("SSL") || detail.contains("certificate"): .tlsFailed
    case nil where detail.contains("no password supplied"): .notAuthenticated
    case nil: .cannotConnect
    }
  }

  /// Returns `28P01` of `FATAL:  28P01: password authentication failed`.
  private static func sqlState(in line: Substring) -> String? {
    guard let start = line.firstRange(of: ":  ")?.upperBound else { return nil }
    let state = line[start...].prefix(5)
    let isState = state.utf8.count == 5 && state.utf8.allSatisfy { 48...57 ~= $0 || 65...90 ~= $0 }
    return isState && line[state.endIndex...].hasPrefix(": ") ? String(state) : nil
  }

  private static func withoutSQLState(_ line: Substring) -> String {
    guard let state = sqlState(in: line) else { return String(line) }
    return line.split(separator: "\(state): ", maxSplits: 1).map(String.init).joined()
  }

  /// Returns whether the server's messages of this kind contain no values, only names and numbers of the server's: those
  /// about the connection (08), the login (28), the database (3D), transactions (25, 40), the text of the statement (42),
  /// resources and limits (53, 54), states and interventions (55, 57), the system (58) and features that are missing (0A,
  /// XX).
  static func hasSafeMessage(_ sqlState: String) -> Bool {
    ["08", "0A", "25", "28", "3D", "40", "42", "53", "54", "55", "57", "58", "XX"].contains { sqlState.hasPrefix($0) }
  }
}

extension String {
  /// The text in one line, at most `Limits.detailBytesMax` long.
  var limited: String {
    let line = split(whereSeparator: \.isNewline).joined(separator: " ")
    guard line.utf8.count > Limits.detailBytesMax else { return line }
    return String(decoding: line.utf8.prefix(Limits.detailBytesMax), as: UTF8.self) + "…"
  }
}
