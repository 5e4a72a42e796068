import ArgumentParser
import ConfigLoader
import Journal

struct RulesJournalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "List the decisions that the gateway recorded, and what came of them.",
    usage: "edgecrab rules journal [<options>]",
    discussion: """
      Why did bob get no answer at 14:10?

        edgecrab rules journal --user bob --last 2h

      A line an event: when, who, where, which rule, and what came of it. Several options narrow the list down \
      together. At the end, the hits of shadow rules are counted.

      --format long shows of each event what `rules replay --list` does, its outcome and its post's id, for \
      `rules explain --post`; --format json writes the events as lines that `rules replay` and `rules diff` read.

      EDGECRAB_HOME names the folder of another gateway's journal, such as that of `gateway start --sandbox`.

      It exits with 0, and with 2 if there is no journal or it cannot be read.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case human, long, json
  }

  @Option(help: ArgumentHelp("Only events of this user, by name or id.", valueName: "user"))
  var user: String?

  @Option(
    help: ArgumentHelp("Only events in this channel, by name or id; or direct, or group.", valueName: "channel"))
  var channel: String?

  @Option(help: ArgumentHelp("Only events that this rule decided, or would have as a shadow rule.", valueName: "rule"))
  var rule: String?

  @Option(
    help: ArgumentHelp(
      "Only events that came to this: \(JournalFilter.Outcome.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "outcome"),
    transform: outcome(named:))
  var outcome: JournalFilter.Outcome?

  @Option(
    help: ArgumentHelp("Only the newest: 2h are those of the last two hours, 20 the last twenty.", valueName: "time"),
    transform: LastArgument.init)
  var last: LastArgument?

  @Option(
    help: ArgumentHelp("Only events since: 7d, 12h, 2025-06-01T09:30:00Z.", valueName: "time"),
    transform: SinceArgument.init)
  var since: SinceArgument?

  @Option(
    help: ArgumentHelp("Only events before: 1h, 2025-06-01T09:30:00Z.", valueName: "time"),
    transform: SinceArgument.init)
  var until: SinceArgument?

  @Flag(help: "Go on with what is recorded from now on, and what comes of it, until it is interrupted.")
  var follow = false

  @Option(help: "human, a line an event; long, several; or json.")
  var format = Format.human

  func validate() throws {
    if follow, until != nil { throw ValidationError("--follow goes on without an end; leave --until out") }
    if since != nil, case .stretch = last { throw ValidationError("give --since or --last with a time, not both") }
  }

  func run() async throws {
    var follower = try exitingWith2 {
      try JournalFollower(path: Environment.current().journalPath, matching: filter)
    }
    var shadowHits: [String: Int] = [:]
    try exitingWith2 {
      try follower.begin { records in
        show(records)
        for shadow in records.flatMap({ $0.line.decided?.shadows ?? [] }) { shadowHits[shadow, default: 0] += 1 }
      }
    }
    guard follow else {
      if format != .json, let hits = JournalTexts.shadowHits(shadowHits) { Output.result(hits) }
      return
    }
    while true {
      try await Task.sleep(for: JournalFollower.pause)
      show(try exitingWith2 { try follower.next() })
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
    case .stretch(let milliseconds): filter.since = milliseconds
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

/// The newest events: so many, or those since a moment, in milliseconds since 1970 (UTC).
enum LastArgument {
  case count(Int)
  case stretch(Int64)

  init(_ text: String) throws {
    if let count = Int(text), count > 0 {
      self = .count(count)
    } else if Int(text) == nil, let milliseconds = Since.milliseconds(text, now: .now), text.last?.isLetter == true {
      self = .stretch(milliseconds)
    } else {
      throw ValidationError(RulesCommandTexts.noLast(text))
    }
  }
}

private func outcome(named name: String) throws -> JournalFilter.Outcome {
  if let outcome = JournalFilter.Outcome(rawValue: name) { return outcome }
  throw ValidationError(RulesCommandTexts.noOutcome(name, among: JournalFilter.Outcome.allCases.map(\.rawValue)))
}
