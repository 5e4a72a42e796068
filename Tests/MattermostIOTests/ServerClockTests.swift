import FoundationEssentials
import Testing
import Transport

@testable import MattermostIO

/// Issue 11, no. 22. What time it is for the server, by the dates of its answers.
@Suite struct ServerClockTests {
  private let machine = ManualClock()
  private let clock: ServerClock

  init() { clock = ServerClock(time: machine.time) }

  private func note(_ date: String, mark: String? = "X-Version-Id", age: String? = nil) {
    let headers = [("Date", date)] + (mark.map { [($0, "6.7.0")] } ?? []) + (age.map { [("Age", $0)] } ?? [])
    clock.note(HTTPResponse(status: 200, headers: HTTPHeaders(headers)), sent: machine.time.now())
  }

  /// The time now, in whole seconds.
  private var seconds: Int64 { clock.milliseconds / 1_000 }

  private static let noon = 1_764_331_200
  private static let noonText = "Fri, 28 Nov 2025 12:00:00 GMT"

  @Test func `without an answer it is this machine's, and nobody is ahead`() {
    #expect(abs(clock.now.timeIntervalSinceNow) < 60 && clock.secondsAhead == nil)
  }

  @Test func `it is what the answer says, and goes on by itself`() {
    note(Self.noonText)
    #expect(seconds == Int64(Self.noon))
    machine.advance(by: .seconds(90))
    #expect(seconds == Int64(Self.noon + 90))
    #expect(clock.secondsAhead != nil)
  }

  @Test func `an absurd date, and an answer that is not Mattermost's, change nothing`() {
    note("Thu, 01 Jan 1970 00:00:00 GMT")
    note("Fri, 31 Dec 9999 23:59:59 GMT")
    note("yesterday")
    note(Self.noonText, mark: nil)
    note(Self.noonText, age: "3600")
    #expect(clock.secondsAhead == nil)
    for _ in 1...3 { note(Self.noonText, mark: "X-Request-Id") }
    note("Fri, 28 Nov 2025 18:00:00 GMT")
    #expect(seconds == Int64(Self.noon))
  }

  @Test func `it follows a server whose clock is set`() {
    for _ in 1...9 { note(Self.noonText) }
    for _ in 1...5 { note("Fri, 28 Nov 2025 13:00:00 GMT") }
    #expect(seconds == Int64(Self.noon + 3_600))
  }
}
