import AgentSessions
import ConfigLoader
import Core
import FoundationEssentials
import Hooks
import RuleEngine

/// What edgecrab itself says in the chat: all of it, in one place.
enum CommandTexts {
  /// The commands that this user may use, in the forms that Mattermost's own client lets through.
  static func help(_ commands: Commands, botName: String, mayUse: (Int) -> Bool) -> String {
    let prefix = typedPrefix(of: commands)
    var lines = ["Mention me (`@\(botName) …`) or write to me directly. I know these commands:", ""]
    lines += ["| Command | What it does |", "| :-- | :-- |"]
    for (index, binding) in commands.bindings.enumerated() where mayUse(index) {
      let names = ([binding.name] + binding.aliases).map { "`\(prefix)\($0)`" }.joined(separator: ", ")
      lines.append("| \(names) | \(purpose(of: binding.action)) |")
    }
    if commands.prefixes.contains("/") {
      lines += [
        "",
        "Mattermost keeps texts that begin with `/` to itself. Type `\(prefix)help`, `@\(botName) /help`, "
          + "or ` /help` with a space before it.",
      ]
    }
    return lines.joined(separator: "\n")
  }

  /// The prefix to show: one that Mattermost's own client lets through, where there is one.
  static func typedPrefix(of commands: Commands) -> String {
    commands.prefixes.first { $0 != "/" } ?? commands.prefixes.first.map { " \($0)" } ?? ""
  }

  /// What is said to a message without words.
  static func nothingAsked(botName: String) -> String { "Yes? Write what you want to know behind `@\(botName)`." }

  /// Which files of a message do not reach the agent.
  static func notLetIn(_ refused: [AttachmentFailure]) -> String {
    refused.map { refusal in
      let name = refusal.file.codeSpan(atMost: Limits.shortened)
      return switch refusal.code {
      case .tooLarge: "I did not take \(name): it is too large."
      case .tooMany: "I did not take \(name): there are too many files on one message."
      case .unwantedType: "I did not take \(name): files of this type are not let in here."
      case .notToBeHad: "I did not get \(name) from the server."
      case .notWritten: "I cannot keep \(name). Whoever runs this bot has to look into the log."
      }
    }.joined(separator: "\n")
  }

  static func began(anew report: StopReport) -> String {
    (["A new conversation begins: I no longer know what was said before."] + ended(report)).joined(separator: " ")
  }

  static let beganAnew = "(The conversation before is over by the rules of this bot: I begin anew.)"

  static func stopped(_ report: StopReport) -> String {
    let parts = ended(report)
    return parts.isEmpty ? "Nothing is running here." : parts.joined(separator: " ")
  }

  private static func ended(_ report: StopReport) -> [String] {
    var parts: [String] = []
    if let turn = report.stopped {
      parts.append(
        report.isOver
          ? "Stopped the answer to \(turn.speaker.escapedMarkdown())."
          : "I told the answer to \(turn.speaker.escapedMarkdown()) to stop; it has not ended yet.")
    }
    if !report.dropped.isEmpty {
      let messages = report.dropped.count == 1 ? "1 waiting message" : "\(report.dropped.count) waiting messages"
      parts.append("Dropped \(messages).")
    }
    return parts
  }

  static func status(
    _ status: SessionStatus, rule: String, agent: String, folder: String?, scope: SessionScope, connection: String,
    otherGateway: Bool,
    botsPaused: Int?, rules: [(title: String, text: String)], store: StoreCondition, now: Date
  ) -> String {
    var lines = ["| | |", "| :-- | :-- |"]
    let running =
      status.running.map { turn in
        let message = turn.message.codeSpan(atMost: Limits.messageScalarsShown)
        let time = duration(from: turn.since, to: now)
        return "\(cell(turn.agent)) for \(cell(turn.speaker.escapedMarkdown())), since \(time): \(cell(message))"
      } ?? "nothing"
    lines.append("| Running | \(running) |")
    let reason =
      status.isWaitingForRoom
      ? "; the next one until there is room for it: \(status.runningElsewhere.counted("answer")) under way elsewhere"
      : ""
    lines.append("| Waiting | \(status.waiting)\(reason) |")
    lines.append("| Rule | \(cell(rule)) |")
    lines.append("| Agent | \(cell(agent)) |")
    if let folder { lines.append("| Folder | \(cell(folder)) |") }
    lines.append("| Conversation | \(purpose(of: scope)), \(status.turns.counted("exchange")) |")
    lines.append("| Connection | \(connection) |")
    if otherGateway {
      lines.append(
        "| Gateways | another one answers with the same token: messages are taken up twice; one has to end |")
    }
    if let botsPaused { lines.append("| Bots | too many of their posts; not answered here for \(botsPaused) s |") }
    lines += rules.map { "| \($0.title) | \(cell($0.text)) |" }
    if let text = text(of: store) { lines.append("| Store | \(cell(text)) |") }
    return lines.joined(separator: "\n")
  }

  /// Where an agent's program works for whoever asks; `nil` for the conversation's own folder.
  static func folder(_ project: ProjectFolder?, for origin: MessageOrigin) -> String? {
    guard let project else { return nil }
    let path = (try? project.filled { origin.value(of: $0) }) ?? project.written
    return path.codeSpan(atMost: Limits.shortened)
      + (project.isWorktree ? ", in a git worktree of this conversation" : "")
  }

  private static func text(of store: StoreCondition) -> String? {
    switch store {
    case .sound: nil
    case .restored(let at): "its files were deleted and have been written again, \(RulesTexts.moment(at))"
    case .deleted: "its files were deleted and cannot be written again: do not restart the gateway, see its log"
    case .replaced: "another file has taken its place: the gateway ends"
    }
  }

  static func usage(_ usage: SessionUsage) -> String {
    let hasCosts = !usage.total.costs.isEmpty
    func row(_ title: String, _ sum: UsageSum) -> String {
      let tokens =
        sum.turnsReported == 0
        ? "not told | not told" : "\(sum.tokens.input) | \(sum.tokens.output)"
      let costs = sum.costs.isEmpty ? "none" : sum.costs.map(amount).joined(separator: ", ")
      return "| \(title) | \(sum.turns) | \(tokens) |" + (hasCosts ? " \(costs) |" : "")
    }
    return [
      "| | Answers | Tokens in | Tokens out |" + (hasCosts ? " Cost |" : ""),
      "| :-- | --: | --: | --: |" + (hasCosts ? " --: |" : ""), row("This conversation", usage.current),
      row("With those before it", usage.total), "", "Waiting: \(usage.waiting)",
    ].joined(separator: "\n")
  }

  /// Money in hundredths, `1,234.50 EUR`, or exactly where that would be nothing: `0.001234 EUR`.
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
      let run = manifest.isEnabled ? state.lastRun.map { "\(duration(from: $0, to: now)) ago" } ?? "never" : "disabled"
      let events = manifest.events.map { "`\($0)`" }.joined(separator: " ")
      return
        "| \(cell(manifest.name)) | \(cell(events)) | \(run) | \(cell(state.lastError?.escapedMarkdown() ?? "none")) |"
    }
    return (["| Hook | Events | Last run | Last error |", "| :-- | :-- | :-- | :-- |"] + rows).joined(separator: "\n")
  }

  /// A hook may repeat what people wrote, so that its reason rings nobody. No span of code stays, which the splitter could cut.
  static func hookSaidNo(_ reason: String) -> String {
    reason.isInvisible
      ? "A hook of this bot does not let that through." : MentionGrammar.silencingAll(reason.postable.withoutBackticks)
  }

  static func refused(_ name: String) -> String { "`\(name)` is not for you." }

  static func unknown(_ name: Substring, nearest: String?, commands: Commands) -> String {
    let prefix = typedPrefix(of: commands)
    let help = commands.bindings.first { $0.action == .builtin(.help) }
    let cure =
      nearest.map { "Did you mean `\(prefix)\($0)`?" } ?? help.map { "`\(prefix)\($0.name)` lists those I know." }
    return ["I know no command \(name.codeSpan(atMost: Limits.shortened)).", cure].compactMap(\.self).joined(
      separator: " ")
  }

  /// What is said below the part of an answer that was written before somebody stopped it.
  static let stoppedHere = "(Stopped here.)"

  /// What a post says that an answer in the making does not need any more, until it is removed.
  static let noLongerInAnswer = "(This part is no longer in the answer.)"

  /// What is said below the part of an answer that was shown before the gateway ended.
  static func cutByRestart(_ agent: String, prefix: String) -> String {
    "(Cut here: I was restarted while the agent `\(agent)` was at work on this. To ask the same again, send `\(prefix)retry`.)"
  }

  /// What the last post of a long reply says, and the name of the file on it.
  static let restInFile = "(The rest is in the file.)"
  static let restFileName = "rest.md"

  /// What the post of an answer's files says of those that are not on it.
  static func notAttached(_ name: String, why: String) -> String {
    "(I cannot attach \(name.codeSpan(atMost: Limits.shortened))\(why.isEmpty ? "" : ": \(why.escapedMarkdown())").)"
  }

  /// What stands before a reply that its asker gets in a direct message, since Mattermost refused it where it was asked for.
  static func cannotPost(in channel: String?, why: String) -> String {
    let reason = why.isEmpty ? "" : " (\(why.escapedMarkdown()))"
    return
      "Mattermost does not let me post this\(channel.map { " in ~\($0)" } ?? "")\(reason), so I send it to you here:"
  }

  /// What stands before a reply whose thread is gone.
  static func threadGone(in channel: String?) -> String {
    "The thread\(channel.map { " in ~\($0)" } ?? "") that this answers is gone, so I send it to you here:"
  }

  /// What is said instead of a reply that is refused again and again.
  static func unpostable(isRest: Bool, status: Int?) -> String {
    let what = isRest ? "The rest of my answer" : "My answer"
    let why = (status == 413 ? " as too large" : "") + (status.map { " (\($0))" } ?? "")
    return "\(what) cannot be posted: the server, or a filter before it, refuses it again and again\(why). "
      + "Ask for it in another way, or for less; whoever runs this bot finds more in the log."
  }

  static func threadDeleted(in channel: String?) -> String {
    "The thread\(channel.map { " in ~\($0)" } ?? "") in which you asked me something was deleted, so I do not answer."
  }

  static let nothingToRetry = "There is nothing to retry: you have not asked anything in this conversation."

  /// What somebody is told of whose messages nothing has come for a while.
  static func waiting(count: Int) -> String {
    count == 1
      ? "I am busy; your message waits, and is answered when its turn comes."
      : "I am busy; \(count) of your messages wait, and are answered when their turns come."
  }

  static func rejected(_ rejection: Rejection) -> String {
    switch rejection {
    case .busy: "I am busy with another message here. Ask again when I am done."
    case .full(let max): "Already \(max.counted("message")) wait here. Ask again in a while."
    case .tooMany(ofUser: true, let max): "Already \(max.counted("message")) of yours wait. Ask again in a while."
    case .tooMany(ofUser: false, _): "Too many messages wait for an answer by now. Ask again in a while."
    case .stopped: "The conversation was stopped just now. Ask again."
    case .store: notTakenIn
    }
  }

  static let notTakenIn =
    "I cannot take your message in: my store does not work. Whoever runs this bot has to look into the log."

  static func storeFailed(_ command: String) -> String {
    "I cannot do `\(command)`: my store does not work. Whoever runs this bot has to look into the log."
  }

  static func tooLate(count: Int, maxAge seconds: Int) -> String {
    let what = count == 1 ? "Your message came" : "Your \(count) messages came"
    return "\(what) while I was not connected, more than \(age(seconds)) ago, so I did not answer. "
      + "Ask again if you still want to know."
  }

  static func limited(seconds: Int) -> String {
    "That is more than the rules allow. Try again in \(seconds < 120 ? "\(seconds) s" : "\((seconds + 59) / 60) min")."
  }

  private static func purpose(of action: CommandAction) -> String {
    switch action {
    case .builtin(.help): "Shows this list"
    case .builtin(.new): "Begins a new conversation, forgetting this one"
    case .builtin(.stop): "Stops the running answer and drops what waits"
    case .builtin(.retry): "Asks your last message again"
    case .builtin(.status): "Shows what is running and waiting"
    case .builtin(.usage): "Shows how many answers and tokens were used"
    case .builtin(.hooks): "Lists the loaded hooks"
    case .prompt(_, let agent): agent.map { "Asks `\($0)` a prepared question" } ?? "Asks a prepared question"
    case .say: "Shows a fixed text"
    }
  }

  private static func purpose(of scope: SessionScope) -> String {
    switch scope {
    case .channel: "everybody's in this channel"
    case .thread: "everybody's in this thread"
    case .user: "yours, wherever you write"
    case .member: "yours in this channel"
    }
  }

  /// A name from the rules file inside a table.
  private static func cell(_ name: String) -> String {
    name.replacing("|", with: "\\|").replacing("\n", with: " ")
  }

  private static func age(_ seconds: Int) -> String {
    seconds % 60 == 0 ? (seconds / 60).counted("minute") : seconds.counted("second")
  }

  private static func duration(from start: Date, to end: Date) -> String {
    let seconds = max(0, Int(end.timeIntervalSince(start)))
    return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }
}
