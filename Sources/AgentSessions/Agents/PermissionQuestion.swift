/// What an agent asks before it does something.
public struct PermissionQuestion: Sendable, Equatable {
  /// An answer that may be given.
  public struct Choice: Sendable, Equatable {
    /// Names it to the agent.
    public var id: String
    /// What people read; any text.
    public var label: String
    /// Whether it lets the agent go on.
    public var isGrant: Bool

    /// States a choice.
    public init(id: String, label: String, isGrant: Bool) {
      self.id = id
      self.label = label
      self.isGrant = isGrant
    }
  }

  /// What the agent wants to do, in its own words; any text.
  public var title: String
  /// What may be answered, in the agent's order.
  public var choices: [Choice]

  /// Puts a question.
  public init(title: String, choices: [Choice]) {
    self.title = title
    self.choices = choices
  }
}
