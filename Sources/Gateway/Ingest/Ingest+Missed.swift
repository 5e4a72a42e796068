import AgentSessions
import Core
import FoundationEssentials
import Logging
import MattermostIO
import RuleEngine

extension Ingest {
  /// Which gap is the newest.
  var gap: Int { cursors.gap }

  /// Whether posts may be missing, or some are still to be decided.
  var isBehind: Bool { cursors.isBehind || !owed.isEmpty }

  /// Notes that posts may be missing from here on, until they are read; and with them, changes of accounts.
  func lose() {
    cursors.lose()
    accounts.forgetAll()
  }

  /// The channels with posts behind their cursors, and where to begin. Of all others nothing is missing.
  func unread(among channels: [ChannelRecord], in gap: Int) -> [String: ChannelCursor] {
    let oldest = max(oldestAnswered, Int64(beganAt.timeIntervalSince1970 * 1_000))
    var unread: [String: ChannelCursor] = [:]
    for channel in channels {
      let cursor = cursors.kept[channel.id] ?? ChannelCursor(post: "", createAt: oldest)
      if channel.lastPostAt > cursor.createAt { unread[channel.id] = cursor } else { settle([channel], in: gap) }
    }
    return unread
  }

  /// The channels in which something was posted that was not heard of.
  func unheard(among channels: [ChannelRecord]) -> [ChannelRecord] {
    channels.filter { $0.lastPostAt > cursors.newest(of: $0.id) }
  }

  /// Notes that nothing of channels is missing up to their last posts.
  func settle(_ channels: [ChannelRecord], in gap: Int) {
    for channel in channels { cursors.settle(channel.id, at: channel.lastPostAt, of: gap) }
  }

  /// Notes that nothing is missing at all.
  func settleAll(of gap: Int) { cursors.settleAll(of: gap) }

  /// Takes in posts of one channel that were read over REST, the oldest first, and returns how many nobody knew.
  func take(missed posts: [PostedEvent], _ tooLate: inout LateMessages) async -> Int {
    var taken = 0
    let oldest = oldestAnswered
    for posted in posts {
      if recent.meet(posted.post.id) {
        taken += 1
        // It says already what it was edited to.
        _ = recent.meet(posted.post.edit)
        if let late = await take(posted, isTooLate: posted.post.createAt < oldest) {
          tooLate.note(late)
        }
      }
      cursors.advance(
        posted.post.channelID, to: ChannelCursor(post: posted.post.id, createAt: posted.post.createAt))
    }
    return taken
  }

  /// The channels whose posts may have been edited or deleted unheard, and since when. Nothing that a server tells of a
  /// channel moves with that: edits are read of all with a post that is young enough to be answered, deletions, once a gap,
  /// also of those that conversations remember.
  func changeable(among channels: [ChannelRecord]) async -> [String: UnreadChanges] {
    let oldest = oldestAnswered
    await noteRemembered(among: channels)
    var changeable: [String: UnreadChanges] = [:]
    for channel in channels {
      var edits: Int64?
      if channel.lastPostAt > oldest {
        // What could not be read before is read from where it was.
        let from = min(changesUnread[channel.id] ?? .max, cursors.kept[channel.id]?.createAt ?? 0)
        changesUnread[channel.id] = from
        edits = max(oldest, from)
      }
      let deletions = deletionsUnread.moments[channel.id]
      if edits != nil || deletions != nil {
        changeable[channel.id] = UnreadChanges(edits: edits, deletions: deletions)
      }
    }
    return changeable
  }

  private func noteRemembered(among channels: [ChannelRecord]) async {
    guard deletionsUnread.gap != cursors.gap else { return }
    let gap = cursors.gap
    do throws(StoreError) {
      let remembered = try await actions.store.rememberedChannels()
      for channel in channels where remembered.contains(channel.id) {
        let from = min(deletionsUnread.moments[channel.id] ?? .max, cursors.kept[channel.id]?.createAt ?? 0)
        deletionsUnread.moments[channel.id] = max(1, from)
      }
      deletionsUnread.gap = gap
    } catch {
      logger.error("conversations not looked up", metadata: ["reason": "\(error)"])
    }
  }

  /// Notes that all changes of a channel's posts were read.
  func settleChanges(of channel: ChannelRecord) {
    changesUnread[channel.id] = nil
    deletionsUnread.moments[channel.id] = nil
  }

  /// Takes in those posts of one channel that were edited after a moment; false where one could not be.
  func take(edited posts: [Post], since moment: Int64) async -> Bool {
    var isWhole = true
    for post in posts.sorted(by: { $0.updateAt < $1.updateAt }) where post.editAt > moment {
      if await !take(edited: post) { isWhole = false }
    }
    return isWhole
  }

  /// How a post called the bot before an edit, where the post was not heard of. Nobody can know after a restart; but who had
  /// called it was answered, and an answer is claimed. Of older posts, and those from before the first start, no mention is news.
  func mentionBeforeEdit(of post: Post) async -> Mention? {
    let oldest = max(oldestAnswered, Int64(beganAt.timeIntervalSince1970 * 1_000))
    guard post.createAt >= oldest else { return nil }
    do throws(StoreError) {
      return try await actions.store.isClaimed(post.id) ? nil : Mention.none
    } catch {
      logger.error("edited post not looked up", metadata: ["post": "\(post.id)", "reason": "\(error)"])
      return nil
    }
  }

  /// Tells whoever wrote in a direct channel that their messages came too late. Elsewhere it would be noise.
  func tell(_ tooLate: LateMessages) async {
    guard let late = tooLate.newest, late.event.channel.kind == .direct, late.event.author == .human else { return }
    let text = CommandTexts.tooLate(count: tooLate.count, maxAge: policy.maxAgeSeconds)
    await actions.poster.close("\(late.event.claim)-late", saying: text, to: late.target)
  }

  /// Keeps how far the channels were read, a little behind of how far they are.
  func keepCursors(isLast: Bool = false) async {
    let (due, gone) = isLast ? cursors.lastRound() : cursors.nextRound()
    do {
      try await actions.store.keep(due, forgetting: gone)
    } catch {
      logger.error("cursors not kept", metadata: ["reason": "\(error)"])
    }
  }

  /// When the oldest post that may still be answered was written, by the server's clock as posts are dated. Of older ones
  /// nobody may know any more whether they were.
  private var oldestAnswered: Int64 {
    now - Int64(min(policy.maxAgeSeconds, SessionStore.claimSeconds)) * 1_000
  }
}
