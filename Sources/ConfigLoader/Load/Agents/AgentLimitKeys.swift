import Core
import RuleEngine

extension Schema {
  /// The keys that limit an agent's work, for all types that have limits.
  struct LimitKeys {
    private let defaults: AgentLimits
    private let timeout: Key<Int>
    private let firstByte: Key<Int>
    private let idle: Key<Int>
    private let concurrency = Key(
      "concurrency", Values.integer(1...1_000), otherwise: "no limit",
      "How many messages the agent answers at once; others wait, and users take turns.")
    private let history: Key<Int>

    /// - Parameter defaults: the limits of an agent that has none of the keys.
    init(_ defaults: AgentLimits) {
      self.defaults = defaults
      timeout = Key(
        "timeout", Values.duration, fallback: .string(writtenDuration(defaults.timeoutSeconds)),
        "The time limit for a whole answer.")
      firstByte = Self.silence(
        "first_byte", defaults.firstByteSeconds, "The time limit for the first activity.")
      idle = Self.silence("idle", defaults.idleSeconds, "The time limit without activity during an answer.")
      history = Key(
        "history", Values.integer(0...1_000_000), fallback: .int(defaults.historyTokens),
        "The maximum number of tokens of history that the agent receives: the newest exchanges that fit.")
    }

    var rows: [SchemaKey] { [timeout.row, firstByte.row, idle.row, concurrency.row, history.row] }

    func read(_ fields: Fields, _ reader: inout RulesReader) -> AgentLimits {
      AgentLimits(
        firstByteSeconds: reader.value(firstByte, in: fields) ?? defaults.firstByteSeconds,
        idleSeconds: reader.value(idle, in: fields) ?? defaults.idleSeconds,
        timeoutSeconds: reader.value(timeout, in: fields) ?? defaults.timeoutSeconds,
        concurrency: reader.value(concurrency, in: fields) ?? defaults.concurrency,
        historyTokens: reader.value(history, in: fields) ?? defaults.historyTokens)
    }

    private static func silence(_ name: String, _ seconds: Int?, _ doc: String) -> Key<Int> {
      Key(
        name, Values.duration, fallback: seconds.map { .string(writtenDuration($0)) },
        otherwise: seconds == nil ? "no limit" : nil, doc)
    }
  }
}

extension AgentLimits {
  /// The keys with their values.
  var written: [YAMLEntry] {
    func silence(_ key: String, _ seconds: Int?) -> YAMLEntry {
      seconds.map { YAMLEntry(key, .word(writtenDuration($0))) } ?? .note(key, "no limit")
    }
    return [
      YAMLEntry("timeout", .word(writtenDuration(timeoutSeconds))), silence("first_byte", firstByteSeconds),
      silence("idle", idleSeconds),
      concurrency.map { YAMLEntry("concurrency", .number(Int64($0))) } ?? .note("concurrency", "no limit"),
      YAMLEntry("history", .number(Int64(historyTokens))),
    ]
  }
}
