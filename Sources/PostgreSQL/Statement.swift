/// A statement of the program. Its text is known when the program is built: no SQL is built from other text.
///
///     static let claim: Statement = "INSERT INTO claim (post) VALUES ($1) ON CONFLICT DO NOTHING RETURNING post"
package struct Statement: Sendable, Hashable, ExpressibleByStringLiteral {
  package let sql: String

  package init(_ sql: StaticString) { self.sql = sql.description }
  package init(stringLiteral sql: StaticString) { self.init(sql) }
}
