package import FoundationEssentials
import GRDB

/// How far a channel was taken in: up to this post.
package struct ChannelCursor: Sendable, Equatable {
  /// The post's id; empty where only the time is known.
  package var post: String
  /// When the post was written, in milliseconds since 1970 (UTC), by the server's clock.
  package var createAt: Int64

  /// Points at a post.
  package init(post: String, createAt: Int64) {
    self.post = post
    self.createAt = createAt
  }
}

extension SessionStore {
  /// Begins to keep cursors, the first time with those given, and returns when that first time was.
  package func begin(
    with cursors: [String: ChannelCursor], at now: Date = Date()
  ) throws(StoreError) -> Date {
    try write(outlasting: .power) { db in
      if let began = try Int64.fetchOne(db.cachedStatement(sql: "SELECT at FROM beginning")) {
        return Date(milliseconds: began)
      }
      try db.cachedStatement(sql: "INSERT INTO beginning (at) VALUES (?)").execute(arguments: [now.milliseconds])
      try Self.keep(cursors, in: db)
      return Date(milliseconds: now.milliseconds)
    }
  }

  /// The channels' cursors, by the channels' ids.
  package func cursors() throws(StoreError) -> [String: ChannelCursor] {
    try read { db in
      var cursors: [String: ChannelCursor] = [:]
      let rows = try Row.fetchCursor(db.cachedStatement(sql: "SELECT channel, post, create_at FROM cursors"))
      while let row = try rows.next() {
        cursors[row["channel"]] = ChannelCursor(post: row["post"], createAt: row["create_at"])
      }
      return cursors
    }
  }

  /// Keeps cursors in the place of older ones, and forgets those of channels that the bot is no longer in.
  package func keep(_ cursors: [String: ChannelCursor], forgetting gone: Set<String> = []) throws(StoreError) {
    guard !cursors.isEmpty || !gone.isEmpty else { return }
    try write { db in
      for channel in gone {
        try db.cachedStatement(sql: "DELETE FROM cursors WHERE channel = ?").execute(arguments: [channel])
      }
      try Self.keep(cursors, in: db)
    }
  }

  private static func keep(_ cursors: [String: ChannelCursor], in db: Database) throws {
    for (channel, cursor) in cursors {
      try db.cachedStatement(
        sql: """
          INSERT INTO cursors (channel, post, create_at) VALUES (?, ?, ?)
          ON CONFLICT (channel) DO UPDATE SET post = excluded.post, create_at = excluded.create_at
          """
      ).execute(arguments: [channel, cursor.post, cursor.createAt])
    }
  }
}
