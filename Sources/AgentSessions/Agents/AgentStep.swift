/// A step of an agent's work, such as a tool that it runs.
public struct AgentStep: Sendable, Equatable {
  /// How a step goes.
  public enum State: Sendable, Equatable {
    /// It is under way.
    case running
    /// It is done.
    case done
    /// It failed.
    case failed
  }

  /// Names it within the answer.
  public var id: String
  /// What is done, as the agent says it.
  public var title: String
  /// How it goes.
  public var state: State

  /// States a step.
  public init(id: String, title: String, state: State) {
    self.id = id
    self.title = title
    self.state = state
  }
}

/// An entry of an agent's plan.
public struct AgentPlanEntry: Sendable, Equatable {
  /// How far it is.
  public enum State: String, Sendable {
    /// Not begun.
    case pending
    /// Being worked on.
    case inProgress = "in_progress"
    /// Done.
    case completed
  }

  /// What is to be done, as the agent says it.
  public var text: String
  /// How far it is.
  public var state: State

  /// States an entry.
  public init(text: String, state: State) {
    self.text = text
    self.state = state
  }
}
