import Core
import Logging
import MattermostIO
import ServerLookup
import Sessions

/// Reads over REST what the event socket did not deliver. One pass at a time goes through the channels, each from its
/// cursor on.
actor Backfill {
  /// The result of a pass.
  struct Report: Sendable {
    /// The number of posts that were unknown.
    var posts = 0
    /// True if nothing is left to read.
    var isComplete = false
    /// True if the server answers. A single unreadable channel does not count.
    var isReachable = false
  }

  private let client: MattermostClient
  private let ingest: Ingest
  private let logger: Logger
  private var last: Task<Report, Never>?

  init(client: MattermostClient, ingest: Ingest, logger: Logger) {
    self.client = client
    self.ingest = ingest
    self.logger = logger
  }

  /// Reads what is missing, after the passes that have begun. A failure of the server ends a pass, that of one channel
  /// does not; what it did not read stays missing for the next pass.
  func pass(as source: PostSource = .backfill) async -> Report {
    let before = last
    let pass = Task(executorPreference: Task.preferredExecutor) {
      _ = await before?.value
      return await self.readAll(as: source)
    }
    last = pass
    return await withTaskCancellationHandler {
      await pass.value
    } onCancel: {
      pass.cancel()
    }
  }

  /// Returns the channels with a post that the event socket has not delivered.
  func undelivered() async throws(MattermostError) -> [ChannelRecord] {
    await ingest.undelivered(among: try await BotContext.channels(client))
  }

  private func readAll(as source: PostSource) async -> Report {
    var report = Report()
    let gap = await ingest.gap
    do throws(MattermostError) {
      // First the account: missed posts may mention the bot by a new name.
      await ingest.updateBot(try await client.me())
      var isComplete = await ingest.retryUnfinished()
      let channels = try await BotContext.channels(client)
      await ingest.updateMemberships(channels)
      // Before anything is read, because reading moves the cursors.
      let changes = await ingest.unreadChanges(among: channels)
      let unread = await ingest.unread(among: channels, in: gap)
      var names: [UserID: String] = [:]
      var failures = 0
      for channel in channels where unread[channel.id] != nil || changes[channel.id] != nil {
        do throws(MattermostError) {
          let isRead = try await read(
            channel, from: unread[channel.id], changes[channel.id] ?? UnreadChanges(), in: gap, as: source, &names,
            &report.posts)
          if !isRead { isComplete = false }
          failures = 0
        } catch {
          failures += 1
          // Likely true of the other channels as well.
          if error.affectsAllRequests || failures >= Limits.channelFailuresMax || Task.isCancelled { throw error }
          logger.warning(
            "a channel cannot be read; reading the others, then trying it again",
            metadata: ["channel": "\(channel.id)", "name": "\(channel.name)", "reason": "\(error)"])
          isComplete = false
        }
      }
      if isComplete { await ingest.settleAll(in: gap) }
      report.isReachable = true
      report.isComplete = isComplete
    } catch {
      // Interrupted by the end of the gateway: the next one reads the rest.
      guard !Task.isCancelled else { return report }
      logger.warning("not all missed posts could be read; trying again", metadata: ["reason": "\(error)"])
    }
    if report.posts > 0 { logger.notice("read over REST", metadata: ["posts": .stringConvertible(report.posts)]) }
    return report
  }

  /// Reads a channel, and returns whether nothing is left to read in it.
  private func read(
    _ channel: ChannelRecord, from cursor: ChannelCursor?, _ changes: UnreadChanges, in gap: Int,
    as source: PostSource, _ names: inout [UserID: String], _ count: inout Int
  ) async throws(MattermostError) -> Bool {
    var isComplete = true
    // Deletions first, so that no agent is asked about what is deleted. New posts have their edited text already.
    let edited = try await read(changes, of: channel)
    if let cursor {
      var reading = Reading(channel: channel, source: source, names: names)
      defer {
        names = reading.names
        count += reading.count
      }
      let isRead: Bool
      do throws(MattermostError) {
        isRead = try await read(from: cursor, &reading)
      } catch {
        await reportLate(reading)
        // In a channel that the bot is not in any more, nothing is missed.
        guard error.isInaccessible else { throw error }
        logger.notice("channel not read", metadata: ["channel": "\(channel.id)", "reason": "\(error)"])
        await ingest.settle(channel, in: gap)
        return await settleChanges(edited, changes, of: channel)
      }
      await reportLate(reading)
      if isRead { await ingest.settle(channel, in: gap) } else { isComplete = false }
    }
    return await settleChanges(edited, changes, of: channel) && isComplete
  }

  private func settleChanges(_ edited: [Post], _ changes: UnreadChanges, of channel: ChannelRecord) async -> Bool {
    guard await ingest.receive(edited: edited, since: changes.edits ?? .max) else { return false }
    await ingest.settleChanges(in: channel)
    return true
  }

  // MARK: New posts

  /// The state of reading the new posts of a channel.
  private struct Reading {
    let channel: ChannelRecord
    let source: PostSource
    /// The names of authors.
    var names: [UserID: String]
    /// The number of posts that were unknown.
    var count = 0
    var lateCount = 0
    var newestLate: LateMessage?
  }

  /// Reads the posts after a cursor, oldest first, and returns whether it reached the last one.
  private func read(from cursor: ChannelCursor, _ reading: inout Reading) async throws(MattermostError) -> Bool {
    let id = reading.channel.id
    var page: PostPage?
    if let post = cursor.post { page = try await client.posts(in: id, .after(post)) }
    if page?.newest == nil {
      // The server does not know the cursor's post, or there is none after it.
      guard let found = try await post(in: id, at: cursor.createAt) else { return true }
      if found.createAt > cursor.createAt, try await !receive([found], &reading) { return false }
      page = try await client.posts(in: id, .after(found.id))
    }
    var pages = 1
    while let current = page {
      guard try await receive(current.posts, &reading) else { return false }
      guard !current.isLast, let newest = current.newest else { return true }
      // A page may end between posts of the same millisecond, and `after` continues after that millisecond. On a page
      // without a readable post, no time is known.
      let last = current.posts.last
      let next = current.posts.last { $0.createAt < last?.createAt ?? 0 } ?? last
      pages += 1
      guard pages <= Limits.pagesMax else { return false }
      page = try await client.posts(in: id, .after(next?.id ?? newest))
    }
    return true
  }

  /// Returns the newest post of a channel that is not newer than a time, else the oldest; `nil` if there is none.
  private func post(in channel: ChannelID, at moment: Int64) async throws(MattermostError) -> Post? {
    var oldest: Post?
    var anchor = PageAnchor.newest
    for _ in 0..<Limits.pagesMax {
      let page = try await client.posts(in: channel, anchor)
      if let found = page.posts.last(where: { $0.createAt <= moment }) { return found }
      oldest = page.posts.first ?? oldest
      guard !page.isLast, let last = page.oldest else { return oldest }
      anchor = .before(last)
    }
    logger.error(
      "too many posts were missed; the older ones are skipped",
      metadata: ["channel": "\(channel)", "pages": .stringConvertible(Limits.pagesMax)])
    return oldest
  }

  /// Processes posts, and returns whether all could be claimed that had to be.
  private func receive(_ posts: [Post], _ reading: inout Reading) async throws(MattermostError) -> Bool {
    let unknown = Set(posts.map(\.userID)).subtracting(reading.names.keys)
    if !unknown.isEmpty {
      for user in try await ingest.accounts(of: unknown.sorted()) { reading.names[user.id] = user.username }
    }
    let channel = reading.channel
    let posted = posts.map { post in
      PostedEvent(
        post: post, channelName: channel.name, channelType: channel.type,
        senderName: "@\(reading.names[post.userID] ?? post.userID.rawValue)", teamID: channel.teamID)
    }
    let (count, late, isComplete) = await ingest.receive(missed: posted, from: reading.source)
    reading.count += count
    reading.lateCount += late.count
    reading.newestLate = late.last ?? reading.newestLate
    return isComplete
  }

  private func reportLate(_ reading: Reading) async {
    if let newest = reading.newestLate { await ingest.reportLate(newest, count: reading.lateCount) }
  }

  // MARK: Edits and deletions

  /// Processes the deletions in a channel, and returns the posts that may have been edited.
  private func read(_ changes: UnreadChanges, of channel: ChannelRecord) async throws(MattermostError) -> [Post] {
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
    let changed = try await client.posts(in: channel.id, since: moment).filter { $0.originalID == nil }
    await ingest.receive(deleted: changed.filter { $0.deleteAt > 0 })
    return changed.filter { $0.deleteAt == 0 }
  }
}
