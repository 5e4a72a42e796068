import Core
import FoundationEssentials
import Logging
import MattermostIO
import Sessions

/// The progress of reading the channels: their new posts, edits and deletions.
final class ReadProgress {
  private var cursors: ChannelCursors
  /// The number of rounds in which cursors were stored.
  private(set) var round = 0
  /// The times, in milliseconds since 1970, from which edits and deletions still have to be read in channels.
  private var unreadEdits: [ChannelID: Int64] = [:]
  private var unreadDeletions: [ChannelID: Int64] = [:]
  /// The gap for which the conversations were asked which channels they remember.
  private var gapOfDeletions = -1
  private let store: any SessionStore
  /// The time at which a gateway first ran with this store, by the server's clock, in milliseconds. Older posts are not
  /// answered.
  let beganAt: Int64
  private let logger: Logger

  init(cursors: [ChannelID: ChannelCursor], beganAt: Date, store: any SessionStore, logger: Logger) {
    self.cursors = ChannelCursors(kept: cursors)
    self.beganAt = Int64(beganAt.timeIntervalSince1970 * 1_000)
    self.store = store
    self.logger = logger
  }

  // MARK: Posts

  /// The number of the latest gap.
  var gap: Int { cursors.gap }

  /// True if posts may be missing.
  var hasGap: Bool { cursors.isBehind }

  /// The channels with a cursor.
  var channels: some Collection<ChannelID> { cursors.kept.keys }

  /// Records that posts may be missing from now on, until their channels are read.
  func recordGap() { cursors.recordGap() }

  /// Records that a post has to be read again, beyond which channels may count as read.
  func rewind() { cursors.rewind() }

  /// Records a post from the event socket that is dealt with.
  func record(_ post: Post) { cursors.record(post) }

  /// Records a post that was read over REST.
  func recordRead(_ post: Post) {
    cursors.advance(post.channelID, to: ChannelCursor(post: post.id, createAt: post.createAt))
  }

  /// Returns the channels with unread posts, and where to begin. The others count as read.
  func unread(among channels: [ChannelRecord], in gap: Int, oldest: Int64) -> [ChannelID: ChannelCursor] {
    var unread: [ChannelID: ChannelCursor] = [:]
    for channel in channels {
      let cursor = cursors.kept[channel.id] ?? ChannelCursor(post: nil, createAt: max(oldest, beganAt))
      if channel.lastPostAt > cursor.createAt { unread[channel.id] = cursor } else { settle(channel, in: gap) }
    }
    return unread
  }

  /// Returns the channels with a post that the event socket has not delivered.
  func undelivered(among channels: [ChannelRecord]) -> [ChannelRecord] {
    channels.filter { $0.lastPostAt > cursors.newest(of: $0.id) }
  }

  /// Records that a channel is read up to its last post.
  func settle(_ channel: ChannelRecord, in gap: Int) {
    cursors.settle(channel.id, at: channel.lastPostAt, of: gap)
  }

  /// Records that all channels are read.
  func settleAll(in gap: Int) { cursors.settleAll(of: gap) }

  /// Forgets a channel that the bot is not in any more.
  func forget(_ channel: ChannelID) {
    cursors.forget(channel)
    unreadEdits[channel] = nil
    unreadDeletions[channel] = nil
  }

  /// Stores the cursors, which lag by a round behind reading, unless an older post is not claimed yet.
  ///
  /// - Parameters:
  ///   - isLast: whether to store all that were read, too.
  ///   - oldest: the round in which the oldest post came that is not claimed yet; `nil` if there is none.
  func save(isLast: Bool = false, unclaimedSince oldest: Int?) async {
    guard oldest ?? round >= round else { return }
    round += 1
    let (due, gone) = isLast && oldest == nil ? cursors.lastRound() : cursors.nextRound()
    do {
      try await store.update(due, removing: gone)
    } catch {
      logger.error("cursors not stored", metadata: ["reason": "\(error)"])
    }
  }

  // MARK: Edits and deletions

  /// Returns the channels whose posts may have been edited or deleted without an event, and since when.
  ///
  /// No field of a channel changes with an edit or a deletion. Edits are read in all channels with a post that is young
  /// enough to be answered, and not from before the first start, at which no channel is read therefore; deletions, once
  /// for each gap, also in those that conversations remember.
  func unreadChanges(among channels: [ChannelRecord], oldest: Int64) async -> [ChannelID: UnreadChanges] {
    await noteRememberedChannels(among: channels)
    var changes: [ChannelID: UnreadChanges] = [:]
    for channel in channels {
      var edits: Int64?
      if channel.lastPostAt > max(oldest, beganAt) {
        // After a failure, reading goes on where it began.
        let start = min(unreadEdits[channel.id] ?? .max, cursors.kept[channel.id]?.createAt ?? 0)
        unreadEdits[channel.id] = start
        edits = max(oldest, start)
      }
      let deletions = unreadDeletions[channel.id]
      if edits != nil || deletions != nil {
        changes[channel.id] = UnreadChanges(edits: edits, deletions: deletions)
      }
    }
    return changes
  }

  private func noteRememberedChannels(among channels: [ChannelRecord]) async {
    guard gapOfDeletions != cursors.gap else { return }
    let gap = cursors.gap
    do throws(StoreError) {
      let remembered = try await store.rememberedChannels()
      for channel in channels where remembered.contains(channel.id) {
        let start = min(unreadDeletions[channel.id] ?? .max, cursors.kept[channel.id]?.createAt ?? 0)
        unreadDeletions[channel.id] = max(1, start)
      }
      gapOfDeletions = gap
    } catch {
      logger.error("channels of conversations not looked up", metadata: ["reason": "\(error)"])
    }
  }

  /// Records that all edits and deletions in a channel are read.
  func settleChanges(in channel: ChannelRecord) {
    unreadEdits[channel.id] = nil
    unreadDeletions[channel.id] = nil
  }
}

/// The times from which changes of a channel's posts are unread, in milliseconds since 1970; `nil` if none are.
struct UnreadChanges: Sendable {
  /// Of edits, and of deletions after it.
  var edits: Int64?
  /// Of deletions alone.
  var deletions: Int64?
}
