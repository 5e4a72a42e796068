import Testing

@testable import PostgreSQL

@Suite struct ErrorTests {
  @Test(arguments: PostgresError.Code.allCases) func `every error has a summary and a remedy`(
    _ code: PostgresError.Code
  ) {
    let error = PostgresError(code, "some words", sqlState: "12345")
    #expect(error.summary.hasSuffix("(SQLSTATE 12345: some words)"))
    for text in [PostgresError(code).summary, error.remedy] {
      #expect(text.first?.isUppercase == false || text.hasPrefix("TLS"))
      #expect(text.last != ".")
    }
  }

  @Test(arguments: [
    ("40001", true), ("40P01", true), ("55P03", true), ("53100", true), ("57P01", true), ("23505", false),
  ])
  func `a refusal is transient if the same may succeed later`(_ sqlState: String, _ isTransient: Bool) {
    #expect(PostgresError(.refused, sqlState: sqlState).isTransient == isTransient)
  }

  @Test(
    arguments: [
      (
        """
        connection to server at "::1", port 5432 failed: Connection refused
        \tIs the server running on that host and accepting TCP/IP connections?
        connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed for user "x"
        LOCATION:  auth_failed, auth.c:326
        """, PostgresError.Code.notAuthenticated, "28P01",
        #"connection to server at "::1", port 5432 failed: Connection refused; "#
          + #"connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "x""#
      ),
      ("FATAL:  3D000: database \"x\" does not exist", .noDatabase, "3D000", "FATAL:  database \"x\" does not exist"),
      (
        "FATAL:  57P03: the database system is starting up", .unavailable, "57P03",
        "FATAL:  the database system is starting up"
      ),
      ("FATAL:  XX000: broken", .cannotConnect, "XX000", "FATAL:  broken"),
      ("failed: SSL error: certificate verify failed", .tlsFailed, nil, "failed: SSL error: certificate verify failed"),
      (
        "failed: fe_sendauth: no password supplied", .notAuthenticated, nil, "failed: fe_sendauth: no password supplied"
      ),
      ("failed:  ABCDE", .cannotConnect, nil, "failed:  ABCDE"),
      ("", .cannotConnect, nil, ""),
    ] as [(String, PostgresError.Code, String?, String)])
  func `libpq's message is understood`(
    _ message: String, _ code: PostgresError.Code, _ sqlState: String?, _ detail: String
  ) {
    #expect(PostgresError(connecting: message, silentHosts: []) == PostgresError(code, detail, sqlState: sqlState))
  }

  @Test func `a long message is cut`() {
    let error = PostgresError(connecting: String(repeating: "é", count: 10_000), silentHosts: ["a"])
    #expect(error.detail.utf8.count < Limits.detailBytesMax + 10)
    #expect(error.detail.hasPrefix("a did not answer in time; éé"))
  }
}
