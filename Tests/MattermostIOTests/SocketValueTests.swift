import Testing

@testable import MattermostIO

@Suite("Back-off")
struct BackoffTests {
  @Test("doubles its bound up to the longest")
  func bounds() {
    let backoff = Backoff(first: .seconds(1), longest: .seconds(60))
    #expect(
      (0...9).map { backoff.bound(afterFailures: $0) } == [1, 1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
    #expect(backoff.bound(afterFailures: .max) == .seconds(60))
  }

  @Test("takes the whole range below its bound")
  func jitter() {
    #expect(Backoff.reconnect.delay(afterFailures: 3, random: 0) == .zero)
    #expect(Backoff.reconnect.delay(afterFailures: 3, random: 0.25) == .seconds(1))
    #expect(Backoff.reconnect.delay(afterFailures: 3, random: 0.999) < .seconds(4))
  }
}

@Suite("A place in the sequence of events")
struct SocketPositionTests {
  @Test("asks to resume with the number after the last event")
  func query() {
    var position = SequenceTracker()
    #expect(position.query == "")
    let losses = [position.begin(connection: "one", sequence: 0), position.take(1), position.take(nil)]
    #expect(losses == [false, false, false])
    #expect(position.query == "?connection_id=one&sequence_number=2")
  }

  @Test("knows what was lost")
  func losses() {
    var position = SequenceTracker()
    let one = [
      position.begin(connection: "one", sequence: 0), position.take(3), position.take(3), position.take(4),
      position.begin(connection: "one", sequence: 4),
    ]
    #expect(one == [false, true, false, false, false])
    let two = position.begin(connection: "two", sequence: 0)
    #expect(two)
    position.forget()
    #expect(position.query == "")
    let again = position.begin(connection: "two", sequence: 0)
    #expect(again)
    position.skip()
    #expect(position.query == "?connection_id=two&sequence_number=2")
    let skipped = [position.take(2), position.take(3)]
    #expect(skipped == [true, false])
  }

  @Test(
    "does not put just any id into a query", arguments: ["", "a&b=c", "é", "a b", String(repeating: "a", count: 65)])
  func strangeID(id: String) {
    var position = SequenceTracker()
    let first = position.begin(connection: id, sequence: 0)
    #expect(!first)
    #expect(position.query == "")
    let second = position.begin(connection: id, sequence: 0)
    #expect(second)
  }
}
