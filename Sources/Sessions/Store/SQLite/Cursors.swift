package import Core
package import FoundationEssentials
import GRDB

extension SQLiteStore {
  package func begin(
    with cursors: [ChannelID: ChannelCursor], at now: Date
  ) async throws(StoreError) -> Date {
    try await writeToDisk { db in
      if let began = try Int64.fetchOne(db.cachedStatement(sql: "SELECT at FROM beginning")) {
        return Date(milliseconds: began)
      }
      try db.cachedStatement(sql: "INSERT INTO beginning (at) VALUES (?)").execute(arguments: [now.milliseconds])
      try Self.update(cursors, in: db)
      return Date(milliseconds: now.milliseconds)
    }
  }

  package func cursors() throws(StoreError) -> [ChannelID: ChannelCursor] {
    try read { db in
      var cursors: [ChannelID: ChannelCursor] = [:]
      let rows = try Row.fetchCursor(db.cachedStatement(sql: "SELECT channel, post, create_at FROM cursors"))
      while let row = try rows.next() {
        cursors[ChannelID(row["channel"])] = ChannelCursor(
          post: PostID(nonEmpty: row["post"]), createAt: row["create_at"])
      }
      return cursors
    }
  }

  package func update(_ cursors: [ChannelID: ChannelCursor], removing gone: Set<ChannelID> = []) throws(StoreError) {
    guard !cursors.isEmpty || !gone.isEmpty else { return }
    try write { db in
      for channel in gone {
        try db.cachedStatement(sql: "DELETE FROM cursors WHERE channel = ?").execute(arguments: [channel.rawValue])
      }
      try Self.update(cursors, in: db)
    }
  }

  private static func update(_ cursors: [ChannelID: ChannelCursor], in db: Database) throws {
    for (channel, cursor) in cursors {
      try db.cachedStatement(
        sql: """
          INSERT INTO cursors (channel, post, create_at) VALUES (?, ?, ?)
          ON CONFLICT (channel) DO UPDATE SET post = excluded.post, create_at = excluded.create_at
          """
      ).execute(arguments: [channel.rawValue, cursor.post?.rawValue ?? "", cursor.createAt])
    }
  }
}
