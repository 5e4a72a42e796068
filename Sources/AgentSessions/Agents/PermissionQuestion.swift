/// What an agent asks before it does something.
public struct PermissionQuestion: Sendable, Equatable {
  /// One of the answers to choose from.
  public struct Option: Sendable, Equatable {
    /// What it means.
    public enum Kind: String, Sendable {
      /// Yes, and the agent asks again next time.
      case allowOnce = "allow_once"
      /// Yes, and the agent does not ask again.
      case allowAlways = "allow_always"
      /// No, and the agent asks again next time.
      case rejectOnce = "reject_once"
      /// No, and the agent does not ask again.
      case rejectAlways = "reject_always"
      /// Something of the agent's own.
      case other
    }

    /// What it says.
    public var name: String
    /// What it means.
    public var kind: Kind

    /// States an answer.
    public init(name: String, kind: Kind) {
      self.name = name
      self.kind = kind
    }
  }

  /// The agent's name in the rules file.
  public var agent: String
  /// What it wants to do, in a line, as the agent says it: what cannot be seen of it is made visible where it is shown.
  public var title: String
  /// More about it, in several lines; empty where there is no more to say.
  public var detail: String
  /// The answers, at least one.
  public var options: [Option]

  /// Puts a question.
  public init(agent: String, title: String, detail: String = "", options: [Option]) {
    self.agent = agent
    self.title = title
    self.detail = detail
    self.options = options
  }

  /// The place of the answer that a plain yes means: the one that allows least.
  public var yes: Int? { place(of: .allowOnce) ?? place(of: .allowAlways) }

  /// The place of the answer that silence means; nil where the agent has to be told that there is none.
  public var silence: Int? { place(of: .rejectOnce) }

  /// The place of the answer that a plain no means.
  public var no: Int? { place(of: .rejectOnce) ?? place(of: .rejectAlways) }

  private func place(of kind: Option.Kind) -> Int? { options.firstIndex { $0.kind == kind } }
}
