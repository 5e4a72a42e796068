import Testing

@testable import MattermostIO

struct BackoffTests {
  @Test func `the bound of the delay doubles up to the longest`() {
    let backoff = Backoff(first: .seconds(1), longest: .seconds(60))
    #expect(
      (0...9).map { backoff.bound(afterFailures: $0) } == [1, 1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
    #expect(backoff.bound(afterFailures: .max) == .seconds(60))
  }

  @Test func `the delay is spread over the whole range below its bound`() {
    func delay(_ random: Double) -> Duration {
      var generator = FixedGenerator(random)
      return Backoff.reconnect.delay(afterFailures: 3, using: &generator)
    }
    #expect(delay(0) == .zero)
    #expect(delay(0.25) == .seconds(1))
    #expect(delay(0.999) < .seconds(4) && delay(0.999) > .seconds(3))
  }
}
