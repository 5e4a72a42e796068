import Foundation
import TestSupport
import Testing

/// Tests of rules files with distant times pass on any day.
@Suite struct DistantMomentsTests {
  /// A time in UTC, and the expected result of the window.
  private static let moments: [(zone: String, hours: String, moments: [(String, Bool)])] = [
    (
      "Europe/Berlin", "hours: \"08:00-18:00\"",
      [
        // No daylight saving time before 1980.
        ("1970-07-01T06:59:59Z", false), ("1970-07-01T07:00:00Z", true), ("1980-07-01T05:59:59Z", false),
        ("1980-07-01T06:00:00Z", true), ("2001-01-02T06:30:00Z", false), ("2001-07-03T06:30:00Z", true),
        ("2024-07-02T06:30:00Z", true), ("2024-12-03T06:30:00Z", false), ("2057-07-02T06:30:00Z", true),
        ("2100-07-01T06:30:00Z", true), ("2100-12-31T06:30:00Z", false),
      ]
    ),
    (
      "Europe/Berlin", "days: sat, hours: \"22:00-06:00\"",
      [
        // The night in which clocks go forward from 02:00 to 03:00, and the one in which they go back.
        ("2026-03-28T21:00:00Z", true), ("2026-03-29T00:59:59Z", true), ("2026-03-29T01:00:00Z", true),
        ("2026-03-29T03:59:59Z", true), ("2026-03-29T04:00:00Z", false), ("2026-03-29T21:00:00Z", false),
        ("2025-10-25T19:59:59Z", false), ("2025-10-25T20:00:00Z", true), ("2025-10-26T04:59:59Z", true),
        ("2025-10-26T05:00:00Z", false),
      ]
    ),
    (
      // 02:30 to 02:45 is skipped on one day and comes twice on another.
      "Europe/Berlin", "hours: \"02:30-02:45\"",
      [
        ("2026-03-29T00:30:00Z", false), ("2026-03-29T01:30:00Z", false), ("2025-10-26T00:29:59Z", false),
        ("2025-10-26T00:30:00Z", true), ("2025-10-26T00:45:00Z", false), ("2025-10-26T01:30:00Z", true),
        ("2025-10-26T01:45:00Z", false),
      ]
    ),
    (
      // An hour back during Ramadan.
      "Africa/Casablanca", "hours: \"09:00-10:00\"",
      [
        ("2024-03-20T09:30:00Z", true), ("2024-03-20T08:30:00Z", false), ("2024-05-20T08:30:00Z", true),
        ("2024-05-20T09:30:00Z", false), ("2095-06-01T08:30:00Z", true),
      ]
    ),
    (
      // Half an hour forward in summer.
      "Australia/Lord_Howe", "hours: \"09:00-09:30\"",
      [
        ("2001-07-01T22:30:00Z", true), ("2001-07-01T23:00:00Z", false), ("2001-01-01T22:00:00Z", true),
        ("2001-01-01T22:30:00Z", false), ("2099-01-01T22:00:00Z", true),
      ]
    ),
    (
      // Standard time all year from 1968 to 1971, and since then an hour earlier in winter.
      "Europe/Dublin", "hours: \"09:00-10:00\"",
      [
        ("1971-01-15T08:30:00Z", true), ("1975-01-15T08:30:00Z", false), ("1975-01-15T09:30:00Z", true),
        ("2100-07-15T08:30:00Z", true),
      ]
    ),
    ("Etc/GMT+5", "hours: \"09:00-10:00\"", [("1999-01-01T14:30:00Z", true), ("2088-07-01T14:30:00Z", true)]),
    (
      "Asia/Kathmandu", "hours: \"09:00-09:15\"",
      [("1985-06-01T03:30:00Z", true), ("1986-06-01T03:30:00Z", false), ("1986-06-01T03:15:00Z", true)]
    ),
  ]

  private func rules(_ zone: String, _ window: String) -> String {
    """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: open, when: { trigger: message, time: { \(window), zone: \(zone) } }, agent: echo }
      - { name: closed, when: { trigger: message }, say: later }

    """
  }

  @Test(arguments: moments)
  func `tests and recorded events are decided by the clock of their own day`(
    _ given: (zone: String, hours: String, moments: [(String, Bool)])
  ) async throws {
    let folder = try TemporaryFolder()
    let tests = given.moments.map { moment, isOpen in
      "  - { name: at \"\(moment)\", given: { at: \"\(moment)\" }, expect: { rule: \(isOpen ? "open" : "closed") } }\n"
    }
    let path = try folder.write(rules(given.zone, given.hours) + "tests:\n" + tests.joined(), to: "rules.yaml")
    let ended = try await EdgecrabProcess(["rules", "test", path]).ended()
    #expect(ended.output == "\(path): \(tests.count) tests pass\n", "\(ended)")
    let events = try folder.write(
      given.moments.map { "{\"user\": \"alice\", \"channel\": \"dev\", \"text\": \"hi\", \"at\": \"\($0.0)\"}\n" }
        .joined(), to: "events.jsonl")
    let replayed = try await EdgecrabProcess(["rules", "replay", "--rules", path, "--format", "lines", events]).ended()
    #expect(replayed.output == given.moments.map { $0.1 ? "open\n" : "closed\n" }.joined(), "\(replayed)")
  }

  @Test func `an explanation shows the clock of the event's day`() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(rules("Europe/Berlin", "hours: \"08:00-18:00\""), to: "rules.yaml")
    for (moment, clock) in [
      ("2001-01-02T06:30:00Z", "tue 07:30"), ("1970-07-01T06:30:00Z", "wed 07:30"),
      ("2100-12-31T06:30:00Z", "fri 07:30"),
      ("1971-07-01T17:00:00Z", "thu 18:00"), ("2001-07-03T16:00:00Z", "tue 18:00"),
    ] {
      let ended = try await EdgecrabProcess(["rules", "explain", "--rules", path, "--at", moment]).ended()
      #expect(ended.output.contains("found \(clock)\n"), "\(ended)")
    }
  }

  @Test func `without the zone database, check reports a zone as an error, but not UTC`() async throws {
    let folder = try TemporaryFolder()
    let environment = ["TZDIR": "/nonexistent"]
    let berlin = try folder.write(rules("Europe/Berlin", "days: mon"), to: "berlin.yaml")
    let refused = try await EdgecrabProcess(["rules", "check", berlin], environment: environment).ended()
    #expect(refused.status == 1)
    #expect(
      refused.output.contains(
        "error: the time zone `Europe/Berlin` cannot be used: there are no zones in `/nonexistent` [E0234]"),
      "\(refused)")
    #expect(refused.output.contains("help: install the package `tzdata`, or write `zone: UTC`"))
    let utc = try folder.write(rules("UTC", "days: mon"), to: "utc.yaml")
    #expect(try await EdgecrabProcess(["rules", "check", utc], environment: environment).ended().status == 0)
  }

  @Test(arguments: [
    ("Europe/Berlin", "Europe/Berlin"), (":Asia/Tokyo", "Asia/Tokyo"), ("/usr/share/zoneinfo/GB", "Europe/London"),
    ("", "UTC"),
  ])
  func `a time without a zone uses the zone of TZ`(variable: String, zone: String) async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      rules("UTC", "days: mon").replacing(", zone: UTC", with: ""), to: "rules.yaml")
    let ended = try await EdgecrabProcess(["rules", "show", path], environment: ["TZ": variable]).ended()
    #expect(ended.output.contains("        zone: \(zone)\n"), "\(ended)")
  }
}
