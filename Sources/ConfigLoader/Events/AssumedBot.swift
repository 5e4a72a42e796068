package import Core
package import RuleEngine

/// The name that the bot is taken to have where no server is asked, and where that name comes from.
package struct AssumedBot: Sendable, Equatable {
  /// The name.
  package let name: String
  private let isOfLastStart: Bool

  /// Takes the first of these that is known, else `edgecrab`.
  ///
  /// - Parameters:
  ///   - said: the name that the command line says.
  ///   - rules: the rules, which may say it.
  ///   - lastStart: the name of the gateway's account when it was started last.
  package init(said: String?, rules: RuleSet, lastStart: String?) {
    name = said ?? rules.bot ?? lastStart ?? GivenEvent.botName
    isOfLastStart = said == nil && rules.bot == nil && lastStart != nil
  }

  /// Takes the name that a test was read with.
  init(of rules: RuleSet) { self.init(said: nil, rules: rules, lastStart: nil) }

  /// Returns what a reader of a decision about a made-up event has to know of its mentions, or `nil` if they are clear:
  /// that the text mentions somebody else than the bot, or that the bot's name was taken from the last start.
  package func note(on event: Event) -> String? {
    guard event.channel.kind != .direct, let mentioned = MentionGrammar.firstNameMentioned(in: event.text) else {
      return nil
    }
    let source = isOfLastStart ? ", its name at the last start (--bot says another)" : ""
    if event.mention == .direct {
      return isOfLastStart ? "the bot is @\(name.shown) here\(source)" : nil
    }
    return "the text mentions @\(mentioned.shown), not the bot, which is @\(name.shown) here\(source)"
  }
}

extension AssumedBot {
  /// Returns a user name without its sign and in lower case, or `nil` if `text` can be none.
  package static func name(_ text: String) -> String? { text[...].name(.user) }
}
