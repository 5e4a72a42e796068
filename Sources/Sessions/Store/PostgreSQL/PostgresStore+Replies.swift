package import Core
package import FoundationEssentials
import PostgreSQL

extension PostgresStore {
  package func add(_ reply: Reply, payload: String, finishing claim: Claim?) async throws(StoreError) {
    let finishing = PostgresBatch { if let claim { $0.finish([claim]) } }
    let member = try membership.id()
    do throws(StoreError) {
      try await write(
        PostgresBatch {
          $0.add(finishing)
          $0.add(Self.insertReply, reply.values(payload: payload) + [.int(member)])
        })
      held.recordEnd(of: [claim].compactMap(\.self))
    } catch {
      // The reply is sent all the same.
      if claim != nil, error.isRefusal { writeLater(finishing) }
      throw error
    }
  }

  // The first reply of an id stays: some of it may be posted.
  private static let insertReply: Statement = """
    INSERT INTO outbox (reply, place, message, payload, text, files, is_failure, member)
    VALUES ($1, nextval('places'), NULL, $2, $3, $4, $5, $6) ON CONFLICT (reply) DO NOTHING
    """

  package func add(_ reply: Reply, to claim: Claim, finishing others: [Claim]) async throws(StoreError) -> Bool {
    let member = try membership.id()
    let results = try await write(
      PostgresBatch {
        $0.add(Self.insertReplyToMessage, reply.values(payload: "") + [.text(claim.text), .int(member)])
        if !others.isEmpty { $0.add(Self.finishWithMessage, .text(claim.text), .texts(others.map(\.text))) }
      })
    let isStored = !results[0].isEmpty
    if isStored { held.recordEnd(of: others) }
    return isStored
  }

  private static let insertReplyToMessage: Statement = """
    WITH message AS (
      SELECT post FROM waiting WHERE post = $6
    ), stored AS (
      INSERT INTO outbox (reply, place, message, payload, text, files, is_failure, member)
      SELECT $1, nextval('places'), post, $2, $3, $4, $5, $7 FROM message ON CONFLICT (reply) DO NOTHING
    )
    SELECT 1 FROM message
    """

  /// Ends other claims if a message still waits.
  private static let finishWithMessage: Statement = """
    WITH ended AS (
      SELECT post FROM unnest($2::text[]) AS other (post) WHERE EXISTS (SELECT FROM waiting WHERE waiting.post = $1)
    ), gone AS (
      DELETE FROM waiting USING ended WHERE waiting.post = ended.post
    ), replies AS (
      DELETE FROM outbox USING ended WHERE reply = ended.post AND message IS NOT NULL
    )
    UPDATE claims SET done = true FROM ended WHERE claims.post = ended.post AND NOT claims.done
    """

  package func recordPosted(
    _ count: Int, of reply: ReplyID, thread root: PostID, at now: Date
  ) async throws(StoreError) {
    try await writeSoon(
      PostgresBatch { $0.add(Self.updatePosted, .text(reply.text), .int(Int64(count))) }, joining: root, at: now)
  }

  private static let updatePosted: Statement = "UPDATE outbox SET parts = $2 WHERE reply = $1"

  package func removePosted(_ reply: ReplyID, thread root: PostID?, at now: Date) async throws(StoreError) {
    try await writeSoon(PostgresBatch { $0.add(Self.deleteReply, .text(reply.text)) }, joining: root, at: now)
  }

  package func remove(_ reply: ReplyID) async throws(StoreError) {
    try await write(Self.deleteReply, .text(reply.text))
  }

  private static let deleteReply: Statement = "DELETE FROM outbox WHERE reply = $1"
}

extension Reply {
  /// The values of a new row: id, payload, text, files, is a failure.
  fileprivate func values(payload: String) -> [PostgresValue] {
    [.text(id.text), .text(payload), .text(text), .text(JSONColumn.text(files)), .bool(isFailure)]
  }

  /// Reads a row: place, reply, text, files, is_failure, parts.
  init(resumed row: PostgresRow) throws(PostgresError) {
    self.init(
      id: ReplyID(text: try row.text(1)), text: try row.text(2), files: JSONColumn.values(try row.text(3)),
      isFailure: try row.bool(4), postedCount: Int(try row.int(5)), isResumed: true)
  }
}
