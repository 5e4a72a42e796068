import Core
import MattermostIO
import Sessions

/// The progress of reading each channel, in memory and, a little later, in the store.
///
/// A server may deliver posts a little out of order. The stored cursors therefore lag by one to two rounds; the posts
/// in between are read again after a gap or a kill, and skipped because they are known or claimed.
struct ChannelCursors {
  /// The cursors that are stored, or about to be: reading begins there after a gap.
  private(set) var kept: [ChannelID: ChannelCursor]
  /// The newest post of each channel before which none is missing, as it was at the last round.
  private var reached: [ChannelID: ChannelCursor]
  /// The same for the channels in which it is newer than at the last round.
  private var moved: [ChannelID: ChannelCursor] = [:]
  /// The newest post of each channel that arrived after a gap.
  private var ahead: [ChannelID: ChannelCursor] = [:]
  private var settling: [ChannelID: ChannelCursor] = [:]
  private var gone: Set<ChannelID> = []
  /// The channels that were read since the latest gap; `nil` if all were.
  private var caughtUp: Set<ChannelID>? = []
  /// Counts the gaps: what was read before a gap does not close it.
  private(set) var gap = 0

  /// Loads stored cursors; the time before the start counts as a gap.
  init(kept: [ChannelID: ChannelCursor]) {
    self.kept = kept
    reached = kept
  }

  /// True if posts may be missing.
  var isBehind: Bool { caughtUp != nil }

  /// Returns the time of the newest known post of a channel.
  func newest(of channel: ChannelID) -> Int64 {
    max(cursor(of: channel)?.createAt ?? 0, ahead[channel]?.createAt ?? 0)
  }

  private func cursor(of channel: ChannelID) -> ChannelCursor? { moved[channel] ?? reached[channel] }

  /// Records that posts may be missing from now on, until their channels are read.
  mutating func recordGap() {
    gap += 1
    caughtUp = []
  }

  /// Records that a post has to be read again that cursors may be beyond: they go back to those that are stored.
  mutating func rewind() {
    recordGap()
    reached = kept
    moved = [:]
    settling = [:]
  }

  /// Records a post from the event socket that is dealt with.
  mutating func record(_ post: Post) {
    let cursor = ChannelCursor(post: post.id, createAt: post.createAt)
    if caughtUp?.contains(post.channelID) ?? true {
      advance(post.channelID, to: cursor)
    } else if post.createAt >= ahead[post.channelID]?.createAt ?? 0 {
      ahead[post.channelID] = cursor
    }
  }

  /// Records that a channel is read up to a post.
  mutating func advance(_ channel: ChannelID, to cursor: ChannelCursor) {
    let known = self.cursor(of: channel)
    guard cursor.createAt >= known?.createAt ?? 0, cursor != known else { return }
    moved[channel] = cursor
    gone.remove(channel)
  }

  /// Records that a channel is read up to a time, before or in this gap.
  mutating func settle(_ channel: ChannelID, at moment: Int64, of gap: Int) {
    let known = cursor(of: channel)
    if moment > known?.createAt ?? 0 {
      // The post of that time is deleted, or the channel has no posts.
      advance(channel, to: ChannelCursor(post: known?.post, createAt: moment))
    }
    guard gap == self.gap, caughtUp != nil else { return }
    caughtUp?.insert(channel)
    if let cursor = ahead.removeValue(forKey: channel) { advance(channel, to: cursor) }
  }

  /// Records that all channels are read, before or in this gap.
  mutating func settleAll(of gap: Int) {
    guard gap == self.gap else { return }
    caughtUp = nil
    for (channel, cursor) in ahead { advance(channel, to: cursor) }
    ahead = [:]
  }

  /// Removes the cursor of a channel that the bot is not in any more.
  mutating func forget(_ channel: ChannelID) {
    for path in [\ChannelCursors.kept, \.reached, \.moved, \.ahead, \.settling] { self[keyPath: path][channel] = nil }
    gone.insert(channel)
  }

  /// Begins a round: returns the cursors to store now, and the channels to delete.
  mutating func nextRound() -> (due: [ChannelID: ChannelCursor], gone: Set<ChannelID>) {
    let due = settling
    settling = moved
    reached.merge(moved) { $1 }
    moved = [:]
    kept.merge(due) { $1 }
    defer { gone = [] }
    return (due, gone)
  }

  /// Ends the rounds: returns everything that is not stored yet.
  mutating func lastRound() -> (due: [ChannelID: ChannelCursor], gone: Set<ChannelID>) {
    let first = nextRound()
    let second = nextRound()
    return (first.due.merging(second.due) { $1 }, first.gone)
  }
}
