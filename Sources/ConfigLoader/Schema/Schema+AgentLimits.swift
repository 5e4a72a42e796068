import Core
import RuleEngine

extension Schema {
  /// The keys of what bounds an agent's work: those that any type may list, with what holds without them.
  struct LimitKeys {
    let defaults: AgentLimits
    let timeout: Key<Int>
    let firstByte: Key<Int>
    let idle: Key<Int>
    let concurrency = Key(
      "concurrency", Values.integer(1...1_000), otherwise: "no limit",
      "How many messages it answers at once; others wait, and people take turns.")
    let history: Key<Int>

    init(_ defaults: AgentLimits) {
      self.defaults = defaults
      timeout = Key(
        "timeout", Values.duration, fallback: .string(writtenDuration(defaults.timeoutSeconds)),
        "How long one answer may take as a whole; then it is ended.")
      firstByte = Self.silence(
        "first_byte", defaults.firstByteSeconds, "How long it may take until there is a first sign of an answer.")
      idle = Self.silence("idle", defaults.idleSeconds, "How long it may give no sign within an answer.")
      history = Key(
        "history", Values.integer(0...1_000_000), fallback: .int(defaults.historyTokens),
        "The most tokens of what was said before that it is shown, as whole exchanges, the newest.")
    }

    var rows: [SchemaKey] { [timeout.row, firstByte.row, idle.row, concurrency.row, history.row] }

    private static func silence(_ name: String, _ seconds: Int?, _ doc: String) -> Key<Int> {
      Key(
        name, Values.duration, fallback: seconds.map { .string(writtenDuration($0)) },
        otherwise: seconds == nil ? "no limit" : nil, doc)
    }
  }
}
