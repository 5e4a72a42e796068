import ConfigLoader
import Core
import FoundationEssentials
import Logging

/// A line of the log.
///
/// As text: `2026-01-31T12:00:00.123Z warning no answer agent=coder user=alice channel=dev reason="…"`. Whatever a value
/// holds, the line stays one line, and nothing in it moves a terminal's cursor.
struct LogLine {
  var moment: Date
  var level: Logger.Level
  var message: String
  var metadata: Logger.Metadata

  /// What a line is about stands first, in this order; the rest is in alphabetical order.
  private static let firstKeys = ["user", "channel", "agent", "rule", "took", "posts"]

  private var sorted: [(key: String, value: Logger.MetadataValue)] {
    metadata.map { (key: $0.key, value: $0.value) }.sorted { left, right in
      let places = [left, right].map { Self.firstKeys.firstIndex(of: $0.key) ?? Self.firstKeys.count }
      return (places[0], left.key) < (places[1], right.key)
    }
  }

  private var time: String {
    moment.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  var text: String {
    let facts = sorted.map { "\($0.key)=\(Self.quotedIfNeeded(Self.text($0.value)))" }
    return ([time, level.rawValue, message.printable] + facts).joined(separator: " ")
  }

  var json: String {
    let head: JSON = ["time": .string(time), "level": .string(level.rawValue), "message": .string(message)]
    let taken = ["time", "level", "message"]
    return head.appending(
      sorted.map { JSON.Member(key: taken.contains($0.key) ? $0.key + "_" : $0.key, value: Self.json($0.value)) }
    ).text
  }

  private static func text(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .string(let text): text
    case .stringConvertible(let duration as Duration): duration.short
    case .stringConvertible(let other): other.description
    case .array(let values): values.map(text).joined(separator: "; ")
    case .dictionary(let values):
      values.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }.joined(separator: "; ")
    }
  }

  /// Durations are numbers of seconds.
  private static func json(_ value: Logger.MetadataValue) -> JSON {
    switch value {
    case .string(let text): .string(text)
    case .stringConvertible(let duration as Duration): .number(duration.seconds)
    case .stringConvertible(let number as Int): .int(number)
    case .stringConvertible(let flag as Bool): .bool(flag)
    case .stringConvertible(let other): .string(other.description)
    case .array(let values): .array(values.map(json))
    case .dictionary(let values):
      .object(values.sorted { $0.key < $1.key }.map { JSON.Member(key: $0.key, value: json($0.value)) })
    }
  }

  /// A value that could be taken for several, or for none, stands in quotes.
  private static func quotedIfNeeded(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy { $0 != " " && $0 != "=" && $0 != "\"" && $0 != "\\" }
    if isPlain { return text.printable }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").printable + "\""
  }
}

extension Duration {
  /// `774ms`, `1.2s`, `12s`, `2m30s`, `3h05m`.
  fileprivate var short: String {
    let milliseconds = Int64((self / .milliseconds(1)).rounded())
    switch milliseconds {
    case ..<1_000: return "\(milliseconds)ms"
    case ..<10_000: return "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100)s"
    case ..<60_000: return "\(milliseconds / 1_000)s"
    case ..<3_600_000: return "\(milliseconds / 60_000)m\(Self.twoDigits(milliseconds / 1_000 % 60))s"
    default: return "\(milliseconds / 3_600_000)h\(Self.twoDigits(milliseconds / 60_000 % 60))m"
    }
  }

  /// In seconds, to the millisecond: `0.774`.
  fileprivate var seconds: String {
    let milliseconds = Swift.max(0, Int64((self / .milliseconds(1)).rounded()))
    let fraction = String(milliseconds % 1_000)
    return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
