package import Core
package import RuleEngine

/// A change of an event after which it would be answered.
package struct NearestMiss: Sendable, Equatable {
  /// The facts that would have to be different: one or two.
  package var changes: [FactChange]
  /// The event with these changes.
  package var event: Event
  /// The decision on that event.
  package var decision: Decision
}

/// A change of one fact of an event.
package enum FactChange: Sendable, Hashable {
  /// The fact has this value, as tests and event files write it.
  case fact(ConditionKey, String)
  /// The field has this name; `nil` is any other name.
  case name(NameField, String?)
  /// The moment at which it was written, in milliseconds since 1970 (UTC); the words are the moment on the clock of the
  /// rule's zone.
  case moment(Int64, words: String)
  /// The text also has this part: anywhere, or at the position that the test requires.
  case saying(String, TextTestKind)
  case notSaying(String)
  /// It is this command, with its prefix.
  case command(String)

  /// The fact that it changes: two changes of one fact are one.
  enum Subject: Hashable {
    case fact(ConditionKey), name(NameField), moment, text
  }

  var subject: Subject {
    switch self {
    case .fact(let key, _): .fact(key)
    case .name(let field, _): .name(field)
    case .moment: .moment
    case .saying, .notSaying, .command: .text
    }
  }
}

extension FactChange {
  /// Returns an event with this fact changed, and with the facts that depend on it.
  func applied(to event: Event, _ directory: NameDirectory) -> Event {
    var event = event
    switch self {
    case .fact(let key, let word):
      if let domain = key.field.domain, let value = domain.index(of: word) { domain.set(value, in: &event) }
    case .name(let field, let name): event.rename(field, to: name, directory)
    case .moment(let milliseconds, _): event.milliseconds = milliseconds
    case .saying(let text, let test): event.say(test.body(saying: text, beside: event.body))
    case .notSaying(let text): event.say(event.body.without(text))
    case .command(let typed): event.say(typed)
    }
    return event
  }
}

extension Event {
  fileprivate mutating func rename(_ field: NameField, to name: String?, _ directory: NameDirectory) {
    let id = name.flatMap { directory.ids(of: $0, field).min() }
    switch field {
    case .channel:
      channel.name = name ?? "another channel"
      channel.id = ChannelID(id ?? channel.name)
      if channel.kind.isOutsideTeams { channel.kind = .public }
    case .user:
      user.name = name ?? "someone else"
      user.id = UserID(id ?? user.name)
    case .team: team = TeamID(id ?? "another team")
    case .command: break
    }
  }

  fileprivate mutating func say(_ body: String) {
    text = body
    self.body = body
  }
}

extension TextTestKind {
  /// Returns a body that has `text` at the position that the test requires.
  fileprivate func body(saying text: String, beside body: String) -> String {
    switch self {
    case .equals: text
    case .startsWith: body.isEmpty ? text : "\(text) \(body)"
    case .contains, .word, .endsWith, .matches: body.isEmpty ? text : "\(body) \(text)"
    }
  }
}

extension String {
  /// Returns the text without the occurrences of `part` in upper or lower case.
  fileprivate func without(_ part: String) -> String {
    let wanted = Array(part.lowercased())
    var kept: [Character] = []
    for character in self {
      kept.append(character)
      guard !wanted.isEmpty, kept.count >= wanted.count,
        zip(kept.suffix(wanted.count), wanted).allSatisfy({ $0.lowercased() == String($1) })
      else { continue }
      kept.removeLast(wanted.count)
    }
    return String(kept)
  }
}
