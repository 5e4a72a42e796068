import FoundationEssentials
import Testing
import Transport

@testable import MattermostIO

struct ServerClockTests {
  private let machine = ManualClock()
  private let clock: ServerClock

  init() { clock = ServerClock(clock: machine) }

  private func record(_ date: String, mark: String? = "X-Version-Id", age: String? = nil) {
    let headers = [("Date", date)] + (mark.map { [($0, "6.7.0")] } ?? []) + (age.map { [("Age", $0)] } ?? [])
    clock.record(HTTPResponse(status: 200, headers: HTTPHeaders(headers)), sent: machine.now)
  }

  /// The time now, in whole seconds.
  private var seconds: Int64 { clock.milliseconds / 1_000 }

  private static let noon = 1_764_331_200
  private static let noonText = "Fri, 28 Nov 2025 12:00:00 GMT"

  @Test func `before the first response, the server's time is this machine's`() {
    #expect(abs(clock.now.timeIntervalSinceNow) < 60 && clock.secondsAhead == nil)
  }

  @Test func `the server's time is the date of a response, and advances by itself`() {
    record(Self.noonText)
    #expect(seconds == Int64(Self.noon))
    machine.advance(by: .seconds(90))
    #expect(seconds == Int64(Self.noon + 90))
    #expect(clock.secondsAhead != nil)
  }

  @Test func `an absurd date and a response that is not Mattermost's have no effect`() {
    record("Thu, 01 Jan 1970 00:00:00 GMT")
    record("Fri, 31 Dec 9999 23:59:59 GMT")
    record("yesterday")
    record(Self.noonText, mark: nil)
    record(Self.noonText, age: "3600")
    #expect(clock.secondsAhead == nil)
    for _ in 1...3 { record(Self.noonText, mark: "X-Request-Id") }
    record("Fri, 28 Nov 2025 18:00:00 GMT")
    #expect(seconds == Int64(Self.noon))
  }

  @Test func `the server's time follows a server whose clock is set`() {
    for _ in 1...9 { record(Self.noonText) }
    for _ in 1...5 { record("Fri, 28 Nov 2025 13:00:00 GMT") }
    #expect(seconds == Int64(Self.noon + 3_600))
  }
}
