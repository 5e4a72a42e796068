import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials
import Logging

/// Writes log events to standard error, one line each.
struct StandardErrorLogHandler: LogHandler {
  private let format: LogFormat
  private let isJournal: Bool
  var logLevel: Logger.Level = .notice
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  /// - Parameter isJournal: True if the lines go to systemd's journal.
  init(_ format: LogFormat, isJournal: Bool = SystemJournal.isStandardError) {
    self.format = format
    self.isJournal = isJournal
  }

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let provided = metadataProvider?.get() ?? [:]
    let all = metadata.merging(provided) { $1 }.merging(event.metadata ?? [:]) { $1 }
    let line = LogLine(date: Date(), level: event.level, message: event.message.description, metadata: all)
    switch format {
    case .json: Output.notice(line.json)
    case .text: Output.notice(isJournal ? line.journalText : line.text)
    }
  }
}

/// The format of log lines.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  /// For people: time, level, message, and metadata as `key=value`.
  case text
  /// For programs: one JSON object per line.
  case json

  static let variable = "EDGECRAB_LOG_FORMAT"

  /// Uses the command-line option, else the environment, else `text`.
  init(_ option: LogFormat?, _ environment: Environment) throws(LogFormatError) {
    if let option {
      self = option
    } else if let value = environment.value(Self.variable) {
      guard let format = LogFormat(rawValue: value) else { throw LogFormatError(value: value) }
      self = format
    } else {
      self = .text
    }
  }
}

/// The value of `EDGECRAB_LOG_FORMAT` is not a log format.
struct LogFormatError: Error, CustomStringConvertible {
  let value: String

  var problem: String { "\(LogFormat.variable) is `\(value.singleLine(atMost: 60))`, which is not a log format" }
  var remedy: String { "set it to \(LogFormat.allCases.map(\.rawValue).joined(separator: " or "))" }
  var description: String { "\(problem); \(remedy)" }
}

/// A line of the log.
///
/// As text: `2026-01-31T12:00:00.123Z warning no answer agent=coder user=alice channel=dev reason="…"`. Control
/// characters in a value are escaped, so that it can neither break the line nor move a terminal's cursor.
private struct LogLine {
  var date: Date
  var level: Logger.Level
  var message: String
  var metadata: Logger.Metadata

  /// These keys come first, in this order; the others follow alphabetically.
  private static let firstKeys = ["user", "channel", "agent", "rule", "took", "posts"]

  var text: String { "\(time) \(textWithoutTime)" }

  /// The line with a priority in place of the time, which the journal adds itself: `<4>warning no answer agent=coder`.
  var journalText: String { "<\(SystemJournal.priority(of: level))>\(textWithoutTime)" }

  private var textWithoutTime: String {
    let pairs = sorted.map { "\($0.key)=\(Self.quotedIfNeeded(Self.text($0.value)))" }
    return ([level.rawValue, message.escaped(for: .terminal)] + pairs).joined(separator: " ")
  }

  var json: String {
    let head: JSON = ["time": .string(time), "level": .string(level.rawValue), "message": .string(message)]
    let reserved = ["time", "level", "message"]
    return head.appending(
      sorted.map { JSON.Member(key: reserved.contains($0.key) ? $0.key + "_" : $0.key, value: Self.json($0.value)) }
    ).text
  }

  private var time: String { Timestamp(date).rfc3339WithMilliseconds }

  private var sorted: [(key: String, value: Logger.MetadataValue)] {
    metadata.map { (key: $0.key, value: $0.value) }.sorted { left, right in
      let ranks = [left, right].map { Self.firstKeys.firstIndex(of: $0.key) ?? Self.firstKeys.count }
      return (ranks[0], left.key) < (ranks[1], right.key)
    }
  }

  private static func text(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .string(let text): text
    case .stringConvertible(let duration as Duration): duration.compact
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
    case .stringConvertible(let duration as Duration): .number(duration.decimalSeconds)
    case .stringConvertible(let number as Int): .int(number)
    case .stringConvertible(let flag as Bool): .bool(flag)
    case .stringConvertible(let other): .string(other.description)
    case .array(let values): .array(values.map(json))
    case .dictionary(let values):
      .object(values.sorted { $0.key < $1.key }.map { JSON.Member(key: $0.key, value: json($0.value)) })
    }
  }

  /// Quotes a value that is empty or contains a separator.
  private static func quotedIfNeeded(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy { $0 != " " && $0 != "=" && $0 != "\"" && $0 != "\\" }
    return isPlain ? text.escaped(for: .terminal) : "\"" + text.escaped(for: .quoted).escaped(for: .terminal) + "\""
  }
}
