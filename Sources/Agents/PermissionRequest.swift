/// An agent's question whether it may do something.
package struct PermissionRequest: Sendable, Equatable {
  /// An answer to choose.
  package struct Option: Sendable, Equatable {
    /// The meaning of an answer, least permissive first.
    package enum Kind: String, Sendable, CaseIterable {
      /// No, and the agent asks again next time.
      case rejectOnce = "reject_once"
      /// No, and the agent does not ask again.
      case rejectAlways = "reject_always"
      /// Yes, and the agent asks again next time.
      case allowOnce = "allow_once"
      /// Yes, and the agent does not ask again.
      case allowAlways = "allow_always"
      /// A kind that the protocol does not define, which may permit anything.
      case other
    }

    /// The answer's text.
    package var name: String
    package var kind: Kind

    package init(name: String, kind: Kind) {
      self.name = name
      self.kind = kind
    }

    /// True if the agent may take the answer as a yes to more than this one action.
    package var grantsPermanently: Bool { kind == .allowAlways || kind == .other }
  }

  /// A block of the agent's description of the action.
  package struct Detail: Sendable, Equatable {
    /// The text, in any number of lines.
    package var text: String
    /// True if the text is a unified diff.
    package var isDiff: Bool

    package init(_ text: String, isDiff: Bool = false) {
      self.text = text
      self.isDiff = isDiff
    }
  }

  /// The agent's name in the rules file.
  package var agent: String
  /// The action in the agent's words, complete and unescaped.
  package var title: String
  /// All else that the agent says about the action.
  package var details: [Detail]
  /// The answers, least permissive first; at least one.
  package private(set) var options: [Option]
  /// The reason why the action cannot be shown completely, as a clause, or `nil`. It cannot be permitted then.
  package var obstacle: String?

  /// Creates a request.
  ///
  /// - Parameter options: at least one, in the order of `ordered(_:by:)`.
  package init(
    agent: String, title: String, details: [Detail] = [], options: [Option], obstacle: String? = nil
  ) {
    self.agent = agent
    self.title = title
    self.details = details
    self.options = options
    self.obstacle = obstacle
  }

  /// Returns answers sorted by what they permit, least first; those of one kind keep their order.
  static func ordered<Answer>(_ answers: [Answer], by kind: (Answer) -> Option.Kind) -> [Answer] {
    let ranks = Dictionary(uniqueKeysWithValues: zip(Option.Kind.allCases, 0...))
    return answers.enumerated().sorted {
      (ranks[kind($0.element)] ?? 0, $0.offset) < (ranks[kind($1.element)] ?? 0, $1.offset)
    }.map(\.element)
  }

  /// Returns the request without the answers that permit more than this one action. They are the last ones, so that the
  /// positions of the others stay.
  package func withoutPermanentGrants() -> PermissionRequest {
    var request = self
    request.options.removeAll(where: \.grantsPermanently)
    return request
  }

  /// True if an answer permits anything.
  package var offersGrant: Bool { options.contains { $0.kind == .allowOnce || $0.grantsPermanently } }

  /// The position of the least permissive yes, or `nil`.
  package var yes: Int? { position(of: .allowOnce) ?? position(of: .allowAlways) }

  /// The position of the answer to give if no one answers, or `nil` if the protocol's own cancellation has to be used.
  package var silence: Int? { position(of: .rejectOnce) }

  /// The position of the no that holds for this action only if there is one, or `nil`.
  package var no: Int? { position(of: .rejectOnce) ?? position(of: .rejectAlways) }

  private func position(of kind: Option.Kind) -> Int? { options.firstIndex { $0.kind == kind } }
}

/// The result of asking people for permission.
package enum PermissionOutcome: Sendable, Equatable {
  /// A person chose the option at this position.
  case option(Int)
  /// No one answered in time.
  case silence
  /// No one could be asked, for this reason; the agent must not act.
  case refused(String)
}
