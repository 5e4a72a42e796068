import Agents
import Core
import FoundationEssentials
import RuleEngine
import Sessions

/// The contents of `!status`.
struct StatusText {
  var session: SessionStatus
  var rule: Rule
  /// The project folder of the agent; `nil` if its program works in the conversation's own folder.
  var folder: ProjectFolder?
  /// The message that asks, which may fill placeholders in the folder's path.
  var origin: MessageOrigin
  var connection: String
  var hasOtherGateway: Bool
  /// Remaining seconds in which posts of programs in this channel are not answered; `nil` if they are.
  var botPauseSeconds: Int?
  var rules: [(title: String, text: String)]
  var store: StoreCondition
  var now: Date

  /// A Markdown table.
  var table: String {
    let lines = rows.map { "| \($0.title) | \($0.text.escaped(for: .tableCell)) |" }
    return (["| | |", "| :-- | :-- |"] + lines).joined(separator: "\n")
  }

  private var rows: [(title: String, text: String)] {
    var rows: [(title: String, text: String)] = [
      ("Running", running), ("Waiting", waiting), ("Rule", rule.name), ("Agent", rule.agent ?? "none"),
    ]
    if let folder { rows.append(("Folder", text(folder))) }
    rows += [
      ("Conversation", "\(rule.session.scope.owner), \(session.turns.counted("exchange"))"), ("Connection", connection),
    ]
    if hasOtherGateway {
      rows.append(("Gateways", "another one uses the same token, so messages are answered twice; stop one of them"))
    }
    if let botPauseSeconds {
      rows.append(("Bots", "too many posts; not answered here for \(botPauseSeconds) s"))
    }
    rows += rules
    if let text = storeText { rows.append(("Store", text)) }
    return rows
  }

  private var running: String {
    guard let turn = session.running else { return "nothing" }
    let message = turn.message.codeSpan(atMost: Limits.messageScalarsShown)
    let time = CommandTexts.time(from: turn.since, to: now)
    return "\(turn.agent) for \(turn.speaker.escapedMarkdown()), since \(time): \(message)"
  }

  private var waiting: String {
    let others = session.runningElsewhere.counted("answer")
    let reason = session.isWaitingForSlot ? "; the next one starts when one of \(others) elsewhere ends" : ""
    return "\(session.waiting)\(reason)"
  }

  private func text(_ folder: ProjectFolder) -> String {
    let path = (try? folder.filled { origin.value(of: $0) }) ?? folder.written
    return path.codeSpan(atMost: Limits.excerptScalarsMax)
      + (folder.isWorktree ? ", in a git worktree of this conversation" : "")
  }

  private var storeText: String? {
    switch store {
    case .sound: nil
    case .restored(let at): "its files were deleted, and written again at \(at.toTheMinute)"
    case .deleted: "its files were deleted and cannot be written again: do not restart the gateway; see its log"
    case .replaced: "other files are in its place: the gateway is stopping"
    }
  }
}

extension SessionScope {
  fileprivate var owner: String {
    switch self {
    case .channel: "shared by everyone in this channel"
    case .thread: "shared by everyone in this thread"
    case .user: "yours, wherever you write"
    case .member: "yours in this channel"
    }
  }
}
