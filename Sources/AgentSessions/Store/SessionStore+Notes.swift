import GRDB

/// Where an agent notes something for itself.
struct AgentNoteKey: Sendable {
  let session: String
  let generation: Int64
  /// How often something had been removed from within the conversation when the agent was asked.
  let cuts: Int64
  let agent: String
}

extension SessionStore {
  /// What an agent noted in a conversation; nil where it did not.
  func recall(_ place: AgentNoteKey) throws(StoreError) -> String? {
    try read { db in
      try String.fetchOne(
        db.cachedStatement(sql: "SELECT note FROM agent_notes WHERE session = ? AND agent = ? AND generation = ?"),
        arguments: [place.session, place.agent, place.generation])
    }
  }

  /// Notes something for an agent in the place of what it noted before; nothing where something was removed from the
  /// conversation since it was asked: what it noted may lead it back to that.
  func note(_ text: String, at place: AgentNoteKey) throws(StoreError) {
    try write { db in
      try db.cachedStatement(
        sql: """
          INSERT INTO agent_notes (session, agent, generation, note)
          SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM sessions WHERE key = ? AND cuts = ?)
          ON CONFLICT (session, agent) DO UPDATE SET generation = excluded.generation, note = excluded.note
          """
      ).execute(arguments: [
        place.session, place.agent, place.generation, text, place.session, place.cuts,
      ])
    }
  }
}
