/// What the journal records of each decision, and for how long.
package struct JournalPolicy: Sendable, Equatable {
  /// Whether decisions are recorded, with the facts they were made from.
  package var facts: Bool
  /// Whether messages are recorded with them.
  package var text: Bool
  /// Seconds after which an event is forgotten.
  package var keepSeconds: Int
  /// The most events that are kept; the oldest are forgotten first.
  package var maxEvents: Int

  /// The `keep` of a file that names none: thirty days, in seconds.
  package static let defaultKeepSeconds = 30 * 86_400

  /// The `max_events` of a file that names none: about 50 MB without texts.
  package static let defaultMaxEvents = 100_000

  /// States a policy; facts alone unless said.
  package init(
    facts: Bool = true, text: Bool = false, keepSeconds: Int = defaultKeepSeconds, maxEvents: Int = defaultMaxEvents
  ) {
    self.facts = facts
    self.text = text
    self.keepSeconds = keepSeconds
    self.maxEvents = maxEvents
  }
}
