/// What an agent asks before it does something.
package struct PermissionRequest: Sendable, Equatable {
  /// One of the answers to choose from.
  package struct Option: Sendable, Equatable {
    /// What it means.
    package enum Kind: String, Sendable {
      /// No, and the agent asks again next time.
      case rejectOnce = "reject_once"
      /// No, and the agent does not ask again.
      case rejectAlways = "reject_always"
      /// Yes, and the agent asks again next time.
      case allowOnce = "allow_once"
      /// Yes, and the agent does not ask again.
      case allowAlways = "allow_always"
      /// Something of the agent's own, which may allow anything.
      case other

      /// Returns the position of the kind among all kinds, the one that permits least first.
      var rank: Int {
        switch self {
        case .rejectOnce: 0
        case .rejectAlways: 1
        case .allowOnce: 2
        case .allowAlways: 3
        case .other: 4
        }
      }
    }

    /// What it says.
    package var name: String
    /// What it means.
    package var kind: Kind

    /// States an answer.
    package init(name: String, kind: Kind) {
      self.name = name
      self.kind = kind
    }

    /// Returns whether the agent may take the answer as a yes to more than this one time.
    package var grantsPermanently: Bool { kind == .allowAlways || kind == .other }
  }

  /// A block of what the agent shows of its plan.
  package struct Detail: Sendable, Equatable {
    /// The text, in any number of lines.
    package var text: String
    /// Whether it is a unified diff.
    package var isDiff: Bool

    /// States a block.
    package init(_ text: String, isDiff: Bool = false) {
      self.text = text
      self.isDiff = isDiff
    }
  }

  /// The agent's name in the rules file.
  package var agent: String
  /// What it wants to do, as the agent says it, uncut: the gateway makes visible what cannot be seen of it.
  package var title: String
  /// All else that is known of it; empty if there is no more to say.
  package var details: [Detail]
  /// The answers, at least one; the one that permits least is first.
  package private(set) var options: [Option]
  /// Why people cannot be shown all of it, if that is known already: nobody may say yes then.
  package var obstacle: String?

  /// Puts a question. The options are expected in the order of what they permit, as `ordered` returns them.
  package init(
    agent: String, title: String, details: [Detail] = [], options: [Option], obstacle: String? = nil
  ) {
    self.agent = agent
    self.title = title
    self.details = details
    self.options = options
    self.obstacle = obstacle
  }

  /// Returns answers ordered by what they permit, least first; those of one kind keep their order.
  static func ordered<Answer>(_ answers: [Answer], by kind: (Answer) -> Option.Kind) -> [Answer] {
    answers.enumerated().sorted { (kind($0.element).rank, $0.offset) < (kind($1.element).rank, $1.offset) }
      .map(\.element)
  }

  /// Returns the question without the answers that permit more than this one time. They are the last ones, so that the
  /// others keep their positions.
  package func withoutPermanentGrants() -> PermissionRequest {
    var question = self
    question.options.removeAll(where: \.grantsPermanently)
    return question
  }

  /// Whether one of the answers permits anything.
  package var offersGrant: Bool { options.contains { $0.kind == .allowOnce || $0.grantsPermanently } }

  /// The position of the answer that a plain yes means: the one that permits least.
  package var yes: Int? { position(of: .allowOnce) ?? position(of: .allowAlways) }

  /// The position of the answer that silence means; `nil` if the agent has to be told that there is none.
  package var silence: Int? { position(of: .rejectOnce) }

  /// The position of the answer that a plain no means.
  package var no: Int? { position(of: .rejectOnce) ?? position(of: .rejectAlways) }

  private func position(of kind: Option.Kind) -> Int? { options.firstIndex { $0.kind == kind } }
}

/// What became of an agent's question.
package enum PermissionOutcome: Sendable, Equatable {
  /// A person chose the option at this position.
  case option(Int)
  /// Nobody answered in time.
  case silence
  /// Nobody could be asked, for this reason: the agent must not do it.
  case refused(String)
}
