package import Core

/// An expectation that a rules file states about itself.
package struct RuleTest: Sendable, Equatable {
  /// What it says.
  package var name: String
  /// Where it stands.
  package var location: FileLocation
  /// The event.
  package var given: Event
  /// What must come of it.
  package var expect: Expectation

  /// States an expectation.
  package init(name: String, location: FileLocation, given: Event, expect: Expectation) {
    self.name = name
    self.location = location
    self.given = given
    self.expect = expect
  }
}

/// What must come of an event; what is nil is not asked.
package struct Expectation: Sendable, Equatable {
  /// The rule that decides.
  package var rule: ExpectedRule?
  /// The agent that answers.
  package var agent: String?
  /// The command that runs.
  package var command: String?
  /// Whose session it is.
  package var session: SessionScope?
  /// What is posted: a fixed text.
  package var say: String?
  /// What the asker is told instead of an answer.
  package var deny: String?
  /// Whether nothing at all happens.
  package var ignore: Bool?

  /// The rule that decides, or that none does.
  package enum ExpectedRule: Sendable, Equatable {
    case none
    case named(String)
  }

  /// The expectation that asks nothing.
  package init() {}
}
