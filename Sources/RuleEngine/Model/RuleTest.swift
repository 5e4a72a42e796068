package import Core

/// A test in a rules file.
package struct RuleTest: Sendable, Equatable {
  package var name: String
  package var location: FileLocation
  package var given: Event
  package var expect: Expectation

  package init(name: String, location: FileLocation, given: Event, expect: Expectation) {
    self.name = name
    self.location = location
    self.given = given
    self.expect = expect
  }
}

/// The expected decision on an event; members that are `nil` are not tested.
package struct Expectation: Sendable, Equatable {
  /// The rule that decides.
  package var rule: ExpectedRule?
  /// The agent that answers.
  package var agent: String?
  /// The command that runs.
  package var command: String?
  /// The scope of the session.
  package var session: SessionScope?
  /// The fixed text that is posted.
  package var say: String?
  /// The text that denies an answer.
  package var deny: String?
  /// True if the event is ignored.
  package var ignore: Bool?

  /// The rule that decides, or no rule.
  package enum ExpectedRule: Sendable, Equatable {
    case none
    case named(String)
  }

  /// Creates an expectation that tests nothing.
  package init() {}
}
