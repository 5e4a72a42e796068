import Agents

/// The history of a conversation for an agent, as it is read from the newest exchange to the oldest, as far as any
/// agent may see it.
struct History {
  private var newestFirst: [HistoryEntry] = []
  private var bytes = 0

  /// The entries, oldest first.
  var entries: [HistoryEntry] { newestFirst.reversed() }

  /// Adds the exchange before those that were added; returns false if the history would be too large with it.
  mutating func add(_ exchange: PastExchange, answer: String?) -> Bool {
    let messages =
      [ChatMessage(speaker: exchange.speaker, text: exchange.message, files: exchange.files)] + exchange.more
    bytes += messages.reduce(answer?.utf8.count ?? 0) { $0 + $1.text.utf8.count }
    guard bytes <= Limits.historyBytesMax else { return false }
    // Messages that joined the turn are like ones whose answer was interrupted: the answer follows the last of them.
    for (index, message) in messages.enumerated().reversed() {
      newestFirst.append(
        HistoryEntry(
          speaker: message.speaker, message: message.text, files: message.files,
          answer: index == messages.count - 1 ? answer : nil, agent: exchange.agent))
    }
    return true
  }
}
