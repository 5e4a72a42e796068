package import Core
package import FoundationEssentials
import PostgreSQL

extension PostgresStore {
  package func begin(
    with cursors: [ChannelID: ChannelCursor], at now: Date
  ) async throws(StoreError) -> Date {
    let results = try await write(
      PostgresBatch {
        $0.add(Self.insertFirstCursors, Self.columns(cursors))
        $0.add(Self.setBeginning, .int(now.milliseconds))
      })
    // A move may have begun while the gateway stood by, and not ended.
    guard let row = results[1].first else { throw StoreError(.moving, link.address) }
    return try decode { () throws(PostgresError) in Date(milliseconds: try row.int(0)) }
  }

  private static let insertFirstCursors: Statement = """
    INSERT INTO cursors (channel, post, create_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
    WHERE EXISTS (SELECT FROM store WHERE began_at IS NULL AND NOT is_moving) ON CONFLICT (channel) DO NOTHING
    """

  private static let setBeginning: Statement = """
    UPDATE store SET began_at = coalesce(began_at, $1) WHERE NOT is_moving RETURNING began_at
    """

  package func cursors() async throws(StoreError) -> [ChannelID: ChannelCursor] {
    let rows = try await readAll(Self.selectCursors, after: .text(""), atOnce: Limits.databaseRowsMax)
    return try decode { () throws(PostgresError) in
      var cursors: [ChannelID: ChannelCursor] = [:]
      for row in rows {
        cursors[ChannelID(try row.text(0))] = ChannelCursor(
          post: PostID(nonEmpty: try row.text(1)), createAt: try row.int(2))
      }
      return cursors
    }
  }

  private static let selectCursors: Statement = """
    SELECT channel, post, create_at FROM cursors WHERE channel > $1 ORDER BY channel LIMIT $2
    """

  package func update(_ cursors: [ChannelID: ChannelCursor], removing gone: Set<ChannelID>) async throws(StoreError) {
    guard !cursors.isEmpty || !gone.isEmpty else { return }
    try await write(
      PostgresBatch {
        if !gone.isEmpty { $0.add(Self.deleteCursors, .texts(gone.map(\.rawValue))) }
        if !cursors.isEmpty { $0.add(Self.insertCursors, Self.columns(cursors)) }
      })
  }

  private static let deleteCursors: Statement = "DELETE FROM cursors WHERE channel = ANY ($1)"

  private static let insertCursors: Statement = """
    INSERT INTO cursors (channel, post, create_at) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
    ON CONFLICT (channel) DO UPDATE SET post = excluded.post, create_at = excluded.create_at
    WHERE cursors.create_at <= excluded.create_at
    """

  private static func columns(_ cursors: [ChannelID: ChannelCursor]) -> [PostgresValue] {
    let cursors = Array(cursors)
    return [
      .texts(cursors.map(\.key.rawValue)), .texts(cursors.map { $0.value.post?.rawValue ?? "" }),
      .ints(cursors.map(\.value.createAt)),
    ]
  }
}
