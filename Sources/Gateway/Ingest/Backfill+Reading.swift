import AgentSessions
import Core
import Logging
import MattermostIO

extension Backfill {
  /// What came of reading a channel.
  struct Reading {
    /// Whether it was read to its end.
    var isWhole = true
    /// The messages that came too late to be answered.
    var tooLate = LateMessages()
  }

  /// Takes in a channel's posts behind a cursor, the oldest first, and counts in `taken` those that nobody knew.
  func read(
    _ channel: ChannelRecord, from cursor: ChannelCursor, _ names: inout [String: String], _ taken: inout Int
  ) async throws(MattermostError) -> Reading {
    var reading = Reading()
    do throws(MattermostError) {
      try await read(channel, from: cursor, &names, &taken, &reading)
    } catch {
      // Whoever is no longer in a channel misses nothing in it.
      guard error.isInaccessible else {
        await intake.tell(reading.tooLate)
        throw error
      }
      logger.notice("channel not read", metadata: ["channel": "\(channel.id)", "reason": "\(error)"])
    }
    await intake.tell(reading.tooLate)
    return reading
  }

  private func read(
    _ channel: ChannelRecord, from cursor: ChannelCursor, _ names: inout [String: String], _ taken: inout Int,
    _ reading: inout Reading
  ) async throws(MattermostError) {
    var page = cursor.post.isEmpty ? nil : try await client.posts(in: channel.id, .after(cursor.post))
    if page?.newest == nil {
      // The server knows no such post, or none behind it.
      guard let found = try await post(of: channel, at: cursor.createAt) else { return }
      if found.createAt > cursor.createAt { try await take([found], of: channel, &names, &taken, &reading) }
      page = try await client.posts(in: channel.id, .after(found.id))
    }
    var pages = 1
    while let current = page {
      try await take(current.posts, of: channel, &names, &taken, &reading)
      guard !current.isLast, let newest = current.newest else { return }
      // A page ends anywhere between posts of one moment, and the next begins behind that moment. Of a page on which
      // nothing can be read, no moment is known.
      let last = current.posts.last
      let next = current.posts.last { $0.createAt < last?.createAt ?? 0 } ?? last
      pages += 1
      guard pages <= Limits.pagesMax else {
        reading.isWhole = false
        return
      }
      page = try await client.posts(in: channel.id, .after(next?.id ?? newest))
    }
  }

  /// Takes in the deletions of a channel's posts, and returns the posts that may have been edited.
  func read(_ changes: UnreadChanges, of channel: ChannelRecord) async throws(MattermostError) -> [Post] {
    var edited: [Post] = []
    do throws(MattermostError) {
      if let moment = changes.edits {
        edited = try await readChanges(of: channel, since: moment)
      }
      if let moment = changes.deletions, moment < changes.edits ?? .max {
        _ = try await readChanges(of: channel, since: moment)
      }
    } catch {
      guard error.isInaccessible else { throw error }
    }
    return edited
  }

  private func readChanges(of channel: ChannelRecord, since moment: Int64) async throws(MattermostError) -> [Post] {
    let changed = try await client.posts(in: channel.id, since: moment).filter(\.originalID.isEmpty)
    for post in changed where post.deleteAt > 0 { await intake.take(deleted: post) }
    return changed.filter { $0.deleteAt == 0 }
  }

  /// The newest post of a channel that is no newer than a moment, or the oldest of all; nil where there is none.
  private func post(of channel: ChannelRecord, at moment: Int64) async throws(MattermostError) -> Post? {
    var oldest: Post?
    var span = PageAnchor.newest
    for _ in 0..<Limits.pagesMax {
      let page = try await client.posts(in: channel.id, span)
      if let found = page.posts.last(where: { $0.createAt <= moment }) { return found }
      oldest = page.posts.first ?? oldest
      guard !page.isLast, let last = page.oldest else { return oldest }
      span = .before(last)
    }
    logger.error(
      "too much was missed to be read; what is older is passed over",
      metadata: ["channel": "\(channel.id)", "pages": "\(Limits.pagesMax)"])
    return oldest
  }

  private func take(
    _ posts: [Post], of channel: ChannelRecord, _ names: inout [String: String], _ taken: inout Int,
    _ reading: inout Reading
  ) async throws(MattermostError) {
    let unknown = Set(posts.map(\.userID)).subtracting(names.keys)
    if !unknown.isEmpty {
      for user in try await intake.lookUp(unknown.sorted()) { names[user.id] = user.username }
    }
    let posted = posts.map { post in
      PostedEvent(
        post: post, channelName: channel.name, channelType: channel.type,
        senderName: "@\(names[post.userID] ?? post.userID)", teamID: channel.teamID)
    }
    taken += await intake.take(missed: posted, &reading.tooLate)
  }
}
