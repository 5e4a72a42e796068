import Agents
import Core
import RuleEngine
import Sessions

/// The texts that the bot posts instead of an answer, or beside one.
enum DispatchTexts {
  /// Answers a message without words.
  static func nothingAsked(botName: String) -> String { "Yes? Write your question after `@\(botName)`." }

  /// Names the files of a message that do not reach the agent.
  static func attachmentsRefused(_ failures: [AttachmentFailure]) -> String {
    failures.map { failure in
      let name = failure.file.codeSpan(atMost: Limits.excerptScalarsMax)
      return switch failure.code {
      case .tooLarge: "I did not accept \(name): it is too large."
      case .tooMany: "I did not accept \(name): the message has too many files."
      case .unwantedType: "I did not accept \(name): files of this type are not accepted here."
      case .unavailable: "I could not download \(name) from the server."
      case .notWritten: "I could not store \(name). The operator of this bot has to check the log."
      }
    }.joined(separator: "\n")
  }

  static let startedOver = "(By the rules of this bot, the previous conversation has ended; I have forgotten it.)"

  /// Ends the part of an answer that was shown before the gateway ended.
  static func cutByRestart(_ agent: String, prefix: String) -> String {
    "(Interrupted here: I was restarted while the agent `\(agent)` was working on this. To ask again, send `\(prefix)retry`.)"
  }

  static let nothingToRetry = "There is nothing to retry: you have not asked anything in this conversation."

  /// Tells a user that their messages have waited for a while.
  static func waiting(count: Int) -> String {
    let messages = count.plural(one: "your message is", other: "\(count) of your messages are")
    return "I am busy; \(messages) waiting and will be answered in turn."
  }

  static func rejected(_ rejection: Rejection) -> String {
    switch rejection {
    case .busy: "I am busy with another message here. Ask again when I am done."
    case .full(let max): "There are already \(max.counted("message")) waiting here. Ask again in a while."
    case .tooMany(ofUser: true, let max): "You already have \(max.counted("message")) waiting. Ask again in a while."
    case .tooMany(ofUser: false, _): "Too many messages are waiting for an answer. Ask again in a while."
    case .stopped: "The conversation was stopped just now. Ask again."
    case .store: notAccepted
    }
  }

  static let notAccepted =
    "I cannot accept your message: my store does not work. The operator of this bot has to check the log."

  static func commandFailed(_ command: String) -> String {
    "I cannot run `\(command)`: my store does not work. The operator of this bot has to check the log."
  }

  /// A hook may repeat messages, so that its reason mentions no one. Spans of code become text, since the
  /// splitter could cut them.
  static func hookRefused(_ reason: String) -> String {
    reason.isInvisible
      ? "A hook of this bot does not allow that." : MentionGrammar.silencingAll(reason.postable.withoutBackticks)
  }

  static func commandRefused(_ name: String) -> String { "You may not use `\(name)`." }

  static func unknownCommand(_ name: Substring, nearest: String?, commands: Commands) -> String {
    let prefix = CommandTexts.typedPrefix(of: commands)
    let help = commands.bindings.first { $0.action == .builtin(.help) }
    let hint =
      nearest.map { "Did you mean `\(prefix)\($0)`?" } ?? help.map { "`\(prefix)\($0.name)` lists all commands." }
    let unknown = "I do not know the command \(name.codeSpan(atMost: Limits.excerptScalarsMax))."
    return [unknown, hint].compactMap(\.self).joined(separator: " ")
  }

  static func limited(seconds: Int) -> String {
    "That is more than the rules allow. Try again in \(seconds < 120 ? "\(seconds) s" : "\((seconds + 59) / 60) min")."
  }

  static func tooLate(count: Int, maxAge seconds: Int) -> String {
    let age = seconds % 60 == 0 ? (seconds / 60).counted("minute") : seconds.counted("second")
    let what = count.plural(one: "Your message came", other: "Your \(count) messages came")
    return "\(what) while I was not connected, more than \(age) ago, so I did not answer. "
      + "Ask again if you still want to know."
  }
}
