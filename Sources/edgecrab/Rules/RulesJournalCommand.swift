import ArgumentParser
import ConfigLoader
import Core
import Journal

struct RulesJournalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "List recorded decisions and their outcomes.",
    usage: "edgecrab rules journal [<options>]",
    discussion: """
      Why did bob get no answer at 14:10?

        edgecrab rules journal --user bob --last 2h

      Each line is an event: its time, author, channel, rule and outcome. Options can be combined. The last line counts \
      the events that shadow rules would have decided.

      --format long adds, for each event, the decision in full and the post's ID, for `rules explain --post`; --format \
      json prints the events in the form that `rules replay` and `rules diff` read.

      EDGECRAB_HOME selects the journal of another gateway, such as that of `gateway start --sandbox`.

      Exit codes: 0, 2 if there is no journal or it cannot be read, 64 if the arguments are invalid.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case human, long, json
  }

  @Option(help: ArgumentHelp("Only events of this user, by name or ID.", valueName: "user"))
  var user: String?

  @Option(
    help: ArgumentHelp("Only events in this channel, by name or ID; or direct, or group.", valueName: "channel"))
  var channel: String?

  @Option(
    help: ArgumentHelp(
      "Only events decided by this rule, or that it would have decided as a shadow rule.", valueName: "rule"))
  var rule: String?

  @Option(
    help: ArgumentHelp(
      "Only events with this outcome: \(JournalFilter.Outcome.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "outcome"),
    transform: outcome(named:))
  var outcome: JournalFilter.Outcome?

  @Option(
    help: ArgumentHelp("Only the newest events: 2h for the last two hours, 20 for the last twenty.", valueName: "time"),
    transform: LastArgument.init)
  fileprivate var last: LastArgument?

  @Option(
    help: ArgumentHelp("Only events since then: 7d, 12h, 2025-06-01T09:30:00Z.", valueName: "time"),
    transform: TimeArgument.init)
  var since: TimeArgument?

  @Option(
    help: ArgumentHelp("Only events before then: 1h, 2025-06-01T09:30:00Z.", valueName: "time"),
    transform: TimeArgument.init)
  var until: TimeArgument?

  @Flag(help: "Continue with new events and outcomes until interrupted.")
  var follow = false

  @Option(help: "human: one line per event; long: several; or json.")
  var format = Format.human

  func validate() throws {
    if follow, until != nil { throw ValidationError("--until cannot be used with --follow, which has no end") }
    if since != nil, case .since = last { throw ValidationError("use --since or --last with a time, not both") }
  }

  func run() async throws {
    var follower = try exitingOnReadError {
      try JournalFollower(path: Environment.current().journalPath, matching: filter)
    }
    var isEmpty = true
    var shadowHits: [String: Int] = [:]
    try exitingOnReadError {
      try follower.begin { records in
        show(records)
        isEmpty = isEmpty && records.isEmpty
        for shadow in records.flatMap({ $0.line.decided?.shadows ?? [] }) { shadowHits[shadow, default: 0] += 1 }
      }
    }
    guard follow else {
      if isEmpty { Output.message(JournalTexts.noEvents) }
      if format != .json, let hits = JournalTexts.shadowHits(shadowHits) { Output.result(hits) }
      return
    }
    while true {
      try await Task.sleep(for: JournalFollower.pause)
      show(try exitingOnReadError { try follower.next() })
    }
  }

  private var filter: JournalFilter {
    var filter = JournalFilter(since: since?.milliseconds)
    filter.until = until?.milliseconds
    filter.user = user.map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 }
    filter.channel = channel.map { $0.hasPrefix("~") ? String($0.dropFirst()) : $0 }
    filter.rule = rule
    filter.outcome = outcome
    switch last {
    case .count(let count): filter.newest = count
    case .since(let milliseconds): filter.since = milliseconds
    case nil: break
    }
    return filter
  }

  private func show(_ records: [JournalRecord]) {
    let lines =
      switch format {
      case .human: records.map(JournalTexts.line)
      case .long: records.flatMap(JournalTexts.lines)
      case .json: records.map(\.line.json)
      }
    if !lines.isEmpty { Output.result(lines.joined(separator: "\n")) }
  }
}

/// The value of `--last`.
private enum LastArgument {
  /// The newest events, by number.
  case count(Int)
  /// The events since a point in time, in milliseconds since 1970 (UTC).
  case since(Int64)

  init(_ text: String) throws {
    if let count = Int(text), count > 0 {
      self = .count(count)
    } else if Int(text) == nil, text.last?.isLetter == true,
      let milliseconds = Since.milliseconds(text, now: Timestamp.now.milliseconds)
    {
      self = .since(milliseconds)
    } else {
      throw ValidationError(
        "\(quoted(text)) is neither a duration nor a number; write 2h, or 20 for the last 20 events")
    }
  }
}

private func outcome(named name: String) throws -> JournalFilter.Outcome {
  if let outcome = JournalFilter.Outcome(rawValue: name) { return outcome }
  let names = JournalFilter.Outcome.allCases.map(\.rawValue)
  let nearest = Spelling.nearest(to: name, among: names).map { "did you mean \(quoted($0))?" }
  throw ValidationError(
    "there is no outcome \(quoted(name)); \(nearest ?? "use one of \(names.joined(separator: ", "))")")
}
