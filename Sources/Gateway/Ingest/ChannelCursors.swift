import AgentSessions
import MattermostIO

/// How far each channel was taken in: in memory, and a little behind that on the disk.
///
/// A server may tell of posts a little out of their order. So what the store has lags by one to two rounds, and what
/// lies between is read once more after a gap or a kill: posts that are known are passed over, claims hold.
struct ChannelCursors {
  /// Where reading what was missed begins: what the store has, or is about to have.
  private(set) var kept: [String: ChannelCursor]
  /// The newest post of each channel up to which none is missing.
  private var reached: [String: ChannelCursor]
  /// The newest post of each channel that came behind a gap.
  private var ahead: [String: ChannelCursor] = [:]
  private var moved: Set<String> = []
  private var settling: [String: ChannelCursor] = [:]
  private var gone: Set<String> = []
  /// The channels that were read since the last gap; nil where all were.
  private var caughtUp: Set<String>? = []
  /// Counts the gaps, so that what was read before one is not taken for what was lost in it.
  private(set) var gap = 0

  /// Begins with what the store has, and with a gap: nobody listened before.
  init(kept: [String: ChannelCursor]) {
    self.kept = kept
    reached = kept
  }

  /// Whether posts may be missing.
  var isBehind: Bool { caughtUp != nil }

  /// When the newest post of a channel that was taken in was written.
  func newest(of channel: String) -> Int64 {
    max(reached[channel]?.createAt ?? 0, ahead[channel]?.createAt ?? 0)
  }

  /// Notes that posts may be missing from here on, until their channels were read.
  mutating func lose() {
    gap += 1
    caughtUp = []
  }

  /// Notes a post that the socket brought and that is taken care of.
  mutating func note(_ post: Post) {
    let cursor = ChannelCursor(post: post.id, createAt: post.createAt)
    if caughtUp?.contains(post.channelID) ?? true {
      advance(post.channelID, to: cursor)
    } else if post.createAt >= ahead[post.channelID]?.createAt ?? 0 {
      ahead[post.channelID] = cursor
    }
  }

  /// Notes that a channel was read up to a post.
  mutating func advance(_ channel: String, to cursor: ChannelCursor) {
    guard cursor.createAt >= reached[channel]?.createAt ?? 0, cursor != reached[channel] else { return }
    reached[channel] = cursor
    moved.insert(channel)
    gone.remove(channel)
  }

  /// Notes that nothing of a channel is missing that was written up to a moment, before or in this gap.
  mutating func settle(_ channel: String, at moment: Int64, of gap: Int) {
    if moment > reached[channel]?.createAt ?? 0 {
      // What was posted then is deleted, or nothing was ever posted.
      advance(channel, to: ChannelCursor(post: reached[channel]?.post ?? "", createAt: moment))
    }
    guard gap == self.gap, caughtUp != nil else { return }
    caughtUp?.insert(channel)
    if let cursor = ahead.removeValue(forKey: channel) { advance(channel, to: cursor) }
  }

  /// Notes that nothing is missing that was written before or in this gap.
  mutating func settleAll(of gap: Int) {
    guard gap == self.gap else { return }
    caughtUp = nil
    for (channel, cursor) in ahead { advance(channel, to: cursor) }
    ahead = [:]
  }

  /// Ends the cursor of a channel that the bot is no longer in.
  mutating func forget(_ channel: String) {
    for path in [\ChannelCursors.kept, \.reached, \.ahead, \.settling] { self[keyPath: path][channel] = nil }
    moved.remove(channel)
    gone.insert(channel)
  }

  /// Begins a round: what is to be kept now, and the channels that are to be forgotten.
  mutating func nextRound() -> (due: [String: ChannelCursor], gone: Set<String>) {
    let due = settling
    settling = moved.reduce(into: [:]) { $0[$1] = reached[$1] }
    moved = []
    kept.merge(due) { $1 }
    defer { gone = [] }
    return (due, gone)
  }

  /// All that is not kept yet, as for the end.
  mutating func lastRound() -> (due: [String: ChannelCursor], gone: Set<String>) {
    let first = nextRound()
    let second = nextRound()
    return (first.due.merging(second.due) { $1 }, first.gone)
  }
}
