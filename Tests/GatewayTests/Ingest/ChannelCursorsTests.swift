import Core
import MattermostIO
import Sessions
import Testing

@testable import Gateway

@Suite struct ChannelCursorsTests {
  private func post(_ number: Int64, in channel: ChannelID = "c") -> Post {
    Post(id: PostID("p\(number)"), createAt: number, userID: "u", channelID: channel, message: "")
  }

  private func cursor(_ number: Int64) -> ChannelCursor { ChannelCursor(post: PostID("p\(number)"), createAt: number) }

  /// Returns cursors without a gap.
  private func whole(_ kept: [ChannelID: ChannelCursor] = [:]) -> ChannelCursors {
    var cursors = ChannelCursors(kept: kept)
    cursors.settleAll(of: cursors.gap)
    return cursors
  }

  @Test func `stored cursors lag by a round, and the last round stores all`() {
    var cursors = whole()
    cursors.record(post(1))
    #expect(cursors.nextRound().due.isEmpty)
    cursors.record(post(2))
    #expect(cursors.nextRound().due == ["c": cursor(1)])
    #expect(cursors.kept == ["c": cursor(1)])
    cursors.record(post(3))
    #expect(cursors.lastRound().due == ["c": cursor(3)])
    #expect(cursors.lastRound().due.isEmpty)
  }

  @Test func `a post that arrives late does not move a cursor back`() {
    var cursors = whole(["c": cursor(5)])
    cursors.record(post(4))
    #expect(cursors.newest(of: "c") == 5 && cursors.lastRound().due.isEmpty)
  }

  @Test func `after a gap a cursor stays until its channel is read`() {
    var cursors = whole(["c": cursor(1), "d": cursor(1)])
    cursors.recordGap()
    for channel: ChannelID in ["c", "d"] { cursors.record(post(9, in: channel)) }
    #expect(cursors.newest(of: "c") == 9 && cursors.lastRound().due.isEmpty)
    cursors.settle("c", at: 9, of: cursors.gap)
    #expect(cursors.lastRound().due == ["c": cursor(9)])
    #expect(cursors.isBehind)
    cursors.settleAll(of: cursors.gap)
    #expect(cursors.lastRound().due == ["d": cursor(9)])
    #expect(!cursors.isBehind)
  }

  @Test func `reading that began before a gap does not close it`() {
    var cursors = whole(["c": cursor(1)])
    let before = cursors.gap
    cursors.recordGap()
    cursors.record(post(9))
    cursors.settle("c", at: 5, of: before)
    cursors.settleAll(of: before)
    #expect(cursors.isBehind)
    #expect(cursors.lastRound().due == ["c": ChannelCursor(post: "p1", createAt: 5)])
  }

  @Test func `cursors go back to the stored ones when a post has to be read again`() {
    var cursors = whole(["c": cursor(1)])
    cursors.record(post(2))
    #expect(cursors.nextRound().due.isEmpty)
    cursors.record(post(3))
    cursors.rewind()
    #expect(cursors.isBehind && cursors.kept == ["c": cursor(1)])
    #expect(cursors.lastRound().due.isEmpty)
    cursors.advance("c", to: cursor(2))
    cursors.settle("c", at: 3, of: cursors.gap)
    #expect(cursors.lastRound().due == ["c": ChannelCursor(post: "p2", createAt: 3)])
  }

  @Test func `the cursor of a channel that the bot left is removed, and a new one begins when it returns`() {
    var cursors = whole(["c": cursor(1)])
    cursors.forget("c")
    #expect(cursors.kept.isEmpty)
    #expect(cursors.nextRound().gone == ["c"])
    cursors.forget("c")
    cursors.record(post(7))
    let last = cursors.lastRound()
    #expect(last.gone.isEmpty && last.due == ["c": cursor(7)])
  }
}
