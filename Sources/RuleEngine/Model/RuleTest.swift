public import Vocabulary

/// An expectation that a rules file states about itself.
public struct RuleTest: Sendable, Equatable {
  /// What it says.
  public var name: String
  /// Where it stands.
  public var place: SourcePlace
  /// The event.
  public var given: Event
  /// What must come of it.
  public var expect: Expectation

  /// States an expectation.
  public init(name: String, place: SourcePlace, given: Event, expect: Expectation) {
    self.name = name
    self.place = place
    self.given = given
    self.expect = expect
  }
}

/// What must come of an event; what is nil is not asked.
public struct Expectation: Sendable, Equatable {
  /// The rule that decides.
  public var rule: ExpectedRule?
  /// The agent that answers.
  public var agent: String?
  /// The command that runs.
  public var command: String?
  /// Whose session it is.
  public var session: SessionScope?
  /// What is posted: a fixed text.
  public var say: String?
  /// What the asker is told instead of an answer.
  public var deny: String?
  /// Whether nothing at all happens.
  public var ignore: Bool?

  /// The rule that decides, or that none does.
  public enum ExpectedRule: Sendable, Equatable {
    case none
    case named(String)
  }

  /// The expectation that asks nothing.
  public init() {}
}
