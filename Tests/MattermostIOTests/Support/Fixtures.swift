import Core
import Logging
import Synchronization
import TestSupport
import Transport

@testable import MattermostIO

/// A clock on which every sleep is over at once; it remembers them.
final class Sleepless: Sendable {
  private let state = Mutex<(slept: [Duration], now: ContinuousClock.Instant)>(([], .now))

  var slept: [Duration] { state.withLock { $0.slept } }

  func pass(_ duration: Duration) {
    state.withLock { $0.now += duration }
  }

  var time: TimeAndChance {
    TimeAndChance(
      now: { self.state.withLock { $0.now } },
      sleep: { duration in
        try Task.checkCancellation()
        self.state.withLock { state in
          state.slept.append(duration)
          state.now += duration
        }
      }, random: { 0.5 })
  }
}

extension MattermostClient {
  static let testToken = "TOKEN_BOT"

  static func test(_ url: String, time: TimeAndChance = Sleepless().time) throws -> MattermostClient {
    MattermostClient(
      address: try WebAddress(url), token: Secret(testToken), http: HTTPClient(logger: .silent), logger: .silent,
      time: time)
  }
}
