import AgentSessions
import MattermostIO
import Testing

@testable import Gateway

@Suite struct CursorsTests {
  private func post(_ number: Int64, in channel: String = "c") -> Post {
    Post(id: "p\(number)", createAt: number, userID: "u", channelID: channel, message: "")
  }

  private func cursor(_ number: Int64) -> ChannelCursor { ChannelCursor(post: "p\(number)", createAt: number) }

  /// ChannelCursors of which nothing is missing.
  private func whole(_ kept: [String: ChannelCursor] = [:]) -> ChannelCursors {
    var cursors = ChannelCursors(kept: kept)
    cursors.settleAll(of: cursors.gap)
    return cursors
  }

  @Test func `what is kept lags by a round, and the end keeps all`() {
    var cursors = whole()
    cursors.note(post(1))
    #expect(cursors.nextRound().due.isEmpty)
    cursors.note(post(2))
    #expect(cursors.nextRound().due == ["c": cursor(1)])
    #expect(cursors.kept == ["c": cursor(1)])
    cursors.note(post(3))
    #expect(cursors.lastRound().due == ["c": cursor(3)])
    #expect(cursors.lastRound().due.isEmpty)
  }

  @Test func `a post that comes late does not lead back`() {
    var cursors = whole(["c": cursor(5)])
    cursors.note(post(4))
    #expect(cursors.newest(of: "c") == 5 && cursors.lastRound().due.isEmpty)
  }

  @Test func `behind a gap a cursor stays until its channel was read`() {
    var cursors = whole(["c": cursor(1), "d": cursor(1)])
    cursors.lose()
    for channel in ["c", "d"] { cursors.note(post(9, in: channel)) }
    #expect(cursors.newest(of: "c") == 9 && cursors.lastRound().due.isEmpty)
    cursors.settle("c", at: 9, of: cursors.gap)
    #expect(cursors.lastRound().due == ["c": cursor(9)])
    #expect(cursors.isBehind)
    cursors.settleAll(of: cursors.gap)
    #expect(cursors.lastRound().due == ["d": cursor(9)])
    #expect(!cursors.isBehind)
  }

  @Test func `what was read before a gap does not close it`() {
    var cursors = whole(["c": cursor(1)])
    let before = cursors.gap
    cursors.lose()
    cursors.note(post(9))
    cursors.settle("c", at: 5, of: before)
    cursors.settleAll(of: before)
    #expect(cursors.isBehind)
    #expect(cursors.lastRound().due == ["c": ChannelCursor(post: "p1", createAt: 5)])
  }

  @Test func `a channel that the bot left is forgotten, and begins anew`() {
    var cursors = whole(["c": cursor(1)])
    cursors.forget("c")
    #expect(cursors.kept.isEmpty)
    #expect(cursors.nextRound().gone == ["c"])
    cursors.forget("c")
    cursors.note(post(7))
    let last = cursors.lastRound()
    #expect(last.gone.isEmpty && last.due == ["c": cursor(7)])
  }
}
