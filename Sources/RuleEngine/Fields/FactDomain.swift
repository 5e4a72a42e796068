package import Core

/// The values of a fact that has few, such as `author` or `files`: how they are read from an event, and their names.
package final class FactDomain: Sendable {
  package struct Value: Sendable {
    /// The value as tests and event files write it.
    package let word: String
    /// The value as the end of the sentence "it would be answered …".
    package let supposition: String
    /// The value in a summary of an event; `nil` if it is not worth mentioning.
    package let label: String?
  }

  /// A value or a group of values that a condition can ask for.
  package struct Option: Sendable {
    /// The option as a rules file writes it.
    package let word: String
    /// The option in a summary of a rule; `nil` if it is not worth mentioning.
    package let label: String?
    /// The values that satisfy it.
    let values: ClosedRange<Int>
  }

  /// All values, by their index. Examples use the first possible one.
  package let values: [Value]
  package let options: [Option]
  /// True if the options are `true` and `false`.
  package let isFlag: Bool
  /// True if a condition may ask for several options at once.
  package let isMultiple: Bool
  /// Returns the index of an event's value.
  let read: @Sendable (Event) -> Int
  private let write: @Sendable (inout Event, Int) -> Void
  /// The bit of the first value.
  let offset: Int
  /// All values, including those of events that never reach a rule.
  let everyValue: FactBits
  /// All values of events that reach the rules.
  package let all: FactBits

  /// - Parameters:
  ///   - offset: the bit of the first value.
  ///   - reachable: the number of values, from the first, of events that reach the rules.
  ///   - read: returns the index of an event's value.
  ///   - write: gives an event the value with an index, and adjusts the facts that depend on it.
  init(
    at offset: Int, _ values: [Value], reachable: Int? = nil, options: [Option], isFlag: Bool = false,
    isMultiple: Bool = false, read: @escaping @Sendable (Event) -> Int,
    write: @escaping @Sendable (inout Event, Int) -> Void
  ) {
    (self.values, self.options, self.isFlag, self.isMultiple) = (values, options, isFlag, isMultiple)
    (self.read, self.write) = (read, write)
    self.offset = offset
    func bits(_ count: Int) -> FactBits { FactBits(rawValue: ((1 << UInt32(count)) - 1) << UInt32(offset)) }
    everyValue = bits(values.count)
    all = bits(reachable ?? values.count)
  }

  /// Creates the domain of a fact that is true or false.
  ///
  /// - Parameters:
  ///   - suppositions: both values as the end of the sentence "it would be answered …".
  ///   - labels: both options in a summary; `nil` if one is not worth mentioning.
  static func flag(
    at offset: Int, suppositions: (false: String, true: String), labels: (false: String?, true: String),
    read: @escaping @Sendable (Event) -> Bool, write: @escaping @Sendable (inout Event, Bool) -> Void
  ) -> FactDomain {
    FactDomain(
      at: offset,
      [
        Value(word: "false", supposition: suppositions.false, label: nil),
        Value(word: "true", supposition: suppositions.true, label: labels.true),
      ],
      options: [
        Option(word: "true", label: labels.true, values: 1...1),
        Option(word: "false", label: labels.false, values: 0...0),
      ],
      isFlag: true, read: { read($0) ? 1 : 0 }, write: { write(&$0, $1 == 1) })
  }
}

extension FactDomain {
  /// The bit of a value.
  package func bit(ofValue index: Int) -> FactBits { FactBits(rawValue: 1 << UInt32(offset + index)) }

  /// The bit of the value that tests and event files write as `word`, or no bit if there is none.
  package func bit(of word: String) -> FactBits { index(of: word).map(bit) ?? [] }

  /// The values that satisfy an option.
  package func bits(of option: Option) -> FactBits { FactBits(option.values.map(bit)) }

  /// The values that satisfy any option of these words.
  package func bits(ofOptions words: some Sequence<String>) -> FactBits {
    words.reduce(into: []) { bits, word in
      if let option = options.first(where: { $0.word == word }) { bits.formUnion(self.bits(of: option)) }
    }
  }

  /// The value of an example event for an option.
  package func example(of option: Option) -> Value { values[option.values.lowerBound] }

  /// The options that are satisfied by `bits` only.
  package func options(within bits: FactBits) -> [Option] { options.filter { self.bits(of: $0).isSubset(of: bits) } }

  /// The index of the value that tests and event files write as `word`; `nil` if there is none.
  package func index(of word: String) -> Int? { values.firstIndex { $0.word == word } }

  package func value(of event: Event) -> Value { values[read(event)] }

  /// The option that an event satisfies, or its value if it satisfies none.
  package func word(of event: Event) -> String {
    let value = read(event)
    return options.first { $0.values.contains(value) }?.word ?? values[value].word
  }

  /// Gives an event the value with an index, and adjusts the facts that depend on it: changing the kind of the channel
  /// changes the channel, unless both kinds belong to a team.
  package func set(_ index: Int, in event: inout Event) { write(&event, index) }
}

/// Reads some of the facts of events as bits.
struct FactReader: Sendable {
  private struct Fact: Sendable {
    var offset: UInt32
    var read: @Sendable (Event) -> Int
  }

  private let facts: [Fact]

  /// Reads all facts.
  static let all = FactReader(testing: FactBits(Field.facts.map(\.domain.all)))

  /// - Parameter bits: the values that conditions test; a fact without any of them is not read.
  init(testing bits: FactBits) {
    facts = Field.facts.filter { !$0.domain.all.isDisjoint(with: bits) }.map { fact in
      Fact(offset: UInt32(fact.domain.offset), read: fact.domain.read)
    }
  }

  func bits(of event: Event, isCommand: Bool) -> FactBits {
    var bits = FactBits.anything.rawValue
    if isCommand { bits |= FactBits.command.rawValue }
    for fact in facts { bits |= 1 << (fact.offset &+ UInt32(truncatingIfNeeded: fact.read(event))) }
    return FactBits(rawValue: bits)
  }
}

/// A set of values of an event's facts, one bit a value: those that an event has, that a condition allows, or that are
/// still possible.
///
/// Every `FactDomain` has a range of bits, in the order of the table of fields.
package struct FactBits: OptionSet, Sendable, Hashable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The bit that every event has: a condition that requires it requires nothing.
  static let anything = FactBits(rawValue: 1 << 31)

  /// The bit of an event whose text is a command.
  static let command = FactBits(rawValue: 1 << 30)

  /// The number of bits for values of facts.
  static let capacity = 30
}
