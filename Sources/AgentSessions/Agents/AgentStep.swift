/// A step of an agent's work, such as a tool that it runs.
package struct AgentStep: Sendable, Equatable {
  /// How a step goes.
  package enum State: Sendable, Equatable {
    /// It is under way.
    case running
    /// It is done.
    case done
    /// It failed.
    case failed
  }

  /// Names it within the answer.
  package var id: String
  /// What is done, as the agent says it.
  package var title: String
  /// How it goes.
  package var state: State

  /// States a step.
  package init(id: String, title: String, state: State) {
    self.id = id
    self.title = title
    self.state = state
  }
}

/// An entry of an agent's plan.
package struct AgentPlanEntry: Sendable, Equatable {
  /// How far it is.
  package enum State: String, Sendable {
    /// Not begun.
    case pending
    /// Being worked on.
    case inProgress = "in_progress"
    /// Done.
    case completed
  }

  /// What is to be done, as the agent says it.
  package var text: String
  /// How far it is.
  package var state: State

  /// States an entry.
  package init(text: String, state: State) {
    self.text = text
    self.state = state
  }
}
