import Agents
import ConfigLoader
import Core
import FoundationEssentials
import Hooks
import RuleEngine
import Sessions

/// The replies to built-in commands.
enum CommandTexts {
  /// The commands that a user may run, as Mattermost's own clients let them be typed.
  static func help(_ commands: Commands, botName: String, mayRun: (Int) -> Bool) -> String {
    let prefix = typedPrefix(of: commands)
    var lines = ["Mention me (`@\(botName) …`) or write to me directly. I know these commands:", ""]
    lines += ["| Command | What it does |", "| :-- | :-- |"]
    for (index, binding) in commands.bindings.enumerated() where mayRun(index) {
      let names = ([binding.name] + binding.aliases).map { "`\(prefix)\($0)`" }.joined(separator: ", ")
      lines.append("| \(names) | \(summary(of: binding.action)) |")
    }
    if commands.prefixes.contains("/") {
      lines += [
        "",
        "Mattermost does not pass on messages that begin with `/`. Type `\(prefix)help`, `@\(botName) /help`, "
          + "or ` /help` with a space before it.",
      ]
    }
    return lines.joined(separator: "\n")
  }

  private static func summary(of action: CommandAction) -> String {
    switch action {
    case .builtin(let command): command.definition.summary
    case .prompt(_, let agent): agent.map { "Asks `\($0)` a prepared question" } ?? "Asks a prepared question"
    case .say: "Posts a fixed text"
    }
  }

  /// Returns the prefix to show: one that Mattermost's own clients pass on, if there is one.
  static func typedPrefix(of commands: Commands) -> String {
    commands.prefixes.first { $0 != "/" } ?? commands.prefixes.first.map { " \($0)" } ?? ""
  }

  static func reset(_ report: StopReport) -> String {
    (["A new conversation begins; I have forgotten the previous one."] + ended(report)).joined(separator: " ")
  }

  static func stopped(_ report: StopReport) -> String {
    let parts = ended(report)
    return parts.isEmpty ? "Nothing is running here." : parts.joined(separator: " ")
  }

  private static func ended(_ report: StopReport) -> [String] {
    var parts: [String] = []
    if let turn = report.stopped {
      let name = turn.speaker.escapedMarkdown()
      parts.append(
        report.isOver
          ? "Stopped the answer to \(name)." : "Stopping the answer to \(name), which has not ended yet.")
    }
    if !report.dropped.isEmpty { parts.append("Dropped \(report.dropped.count.counted("waiting message")).") }
    return parts
  }

  static func usage(_ usage: SessionUsage) -> String {
    let hasCosts = !usage.total.costs.isEmpty
    func row(_ title: String, _ sum: UsageSum) -> String {
      let tokens =
        sum.turnsReported == 0
        ? "not reported | not reported" : "\(sum.tokens.input) | \(sum.tokens.output)"
      let costs = sum.costs.isEmpty ? "none" : sum.costs.map(amount).joined(separator: ", ")
      return "| \(title) | \(sum.turns) | \(tokens) |" + (hasCosts ? " \(costs) |" : "")
    }
    return [
      "| | Answers | Tokens in | Tokens out |" + (hasCosts ? " Cost |" : ""),
      "| :-- | --: | --: | --: |" + (hasCosts ? " --: |" : ""), row("This conversation", usage.current),
      row("Including earlier ones", usage.total), "", "Waiting: \(usage.waiting)",
    ].joined(separator: "\n")
  }

  /// Returns an amount in hundredths, `1,234.50 EUR`; one that rounds to zero in full, `0.001234 EUR`.
  static func amount(_ cost: Cost) -> String {
    let hundredths = (cost.millionths + 5_000) / 10_000
    let number =
      hundredths == 0
      ? writtenMillionths(cost.millionths)
      : (hundredths / 100).grouped + "." + String(hundredths % 100 + 100).dropFirst()
    return "\(number) \(cost.currency)"
  }

  static func hooks(_ states: [HookRunner.State], now: Date) -> String {
    guard !states.isEmpty else { return "No hooks are loaded." }
    let rows = states.map { state in
      let manifest = state.hook.manifest
      let run = manifest.isEnabled ? state.lastRun.map { "\(time(from: $0, to: now)) ago" } ?? "never" : "disabled"
      let events = manifest.events.map { "`\($0)`" }.joined(separator: " ")
      let error = state.lastError?.escapedMarkdown() ?? "none"
      let cells = [manifest.name, events, run, error].map { $0.escaped(for: .tableCell) }
      return "| \(cells.joined(separator: " | ")) |"
    }
    return (["| Hook | Events | Last run | Last error |", "| :-- | :-- | :-- | :-- |"] + rows).joined(separator: "\n")
  }

  /// The time between two moments, in whole seconds: `45 s`, `3 min 5 s`.
  static func time(from start: Date, to end: Date) -> String {
    let seconds = max(0, Int(end.timeIntervalSince(start)))
    return seconds == 0 ? "0 s" : Duration.seconds(seconds).spelled
  }
}
