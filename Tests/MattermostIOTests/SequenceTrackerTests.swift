import Testing

@testable import MattermostIO

struct SequenceTrackerTests {
  @Test func `the query resumes after the last event`() {
    var tracker = SequenceTracker()
    #expect(tracker.query == "")
    let losses = [tracker.begin(connection: "one", at: 0), tracker.advance(to: 1), tracker.advance(to: nil)]
    #expect(losses == [false, false, false])
    #expect(tracker.query == "?connection_id=one&sequence_number=2")
  }

  @Test func `a skipped number, a new connection and a skipped event are gaps`() {
    var tracker = SequenceTracker()
    let one = [
      tracker.begin(connection: "one", at: 0), tracker.advance(to: 3), tracker.advance(to: 3), tracker.advance(to: 4),
      tracker.begin(connection: "one", at: 4),
    ]
    #expect(one == [false, true, false, false, false])
    let two = tracker.begin(connection: "two", at: 0)
    #expect(two)
    tracker.forgetConnection()
    #expect(tracker.query == "")
    let again = tracker.begin(connection: "two", at: 0)
    #expect(again)
    tracker.skip()
    #expect(tracker.query == "?connection_id=two&sequence_number=2")
    let skipped = [tracker.advance(to: 2), tracker.advance(to: 3)]
    #expect(skipped == [true, false])
  }

  @Test(
    arguments: ["", "a&b=c", "é", "a b", String(repeating: "a", count: 65)])
  func `an id that needs encoding is not put into a query`(id: String) {
    var tracker = SequenceTracker()
    let first = tracker.begin(connection: id, at: 0)
    #expect(!first)
    #expect(tracker.query == "")
    let second = tracker.begin(connection: id, at: 0)
    #expect(second)
  }
}
