import RuleEngine

/// Keeps bots, webhooks and plugins from being answered without end: two that answer each other would never stop.
actor BotLoopGuard {
  private var channels: [String: Count] = [:]

  private struct Count {
    /// When each was answered, in milliseconds, the oldest first.
    var answers: [Int64] = []
    /// Until when none is answered, in milliseconds.
    var pausedUntil: Int64 = 0
  }

  /// What the budget says to one more.
  enum Verdict: Equatable {
    case answer
    /// This one is too much: a pause begins.
    case pauseBegins
    case paused
  }

  /// Counts an answer in a channel, or says that there is to be none.
  func ask(in channel: String, _ rate: Rate, at now: Int64) -> Verdict {
    let span = Int64(rate.seconds) * 1_000
    var count = channels[channel] ?? Count()
    defer {
      channels[channel] = count
      if channels.count > Limits.countedMax {
        // Whoever was last answered before the longest rate, a day, counts for nothing.
        channels = channels.filter { max($0.value.pausedUntil, $0.value.answers.last ?? 0) > now - 86_400_000 }
      }
    }
    guard now >= count.pausedUntil else { return .paused }
    count.answers.removeAll { $0 <= now - span }
    guard count.answers.count >= rate.count else {
      count.answers.append(now)
      return .answer
    }
    count = Count(pausedUntil: now + span)
    return .pauseBegins
  }

  /// The seconds for which no bot is answered in a channel; nil where they are.
  func pause(in channel: String, at now: Int64) -> Int? {
    guard let until = channels[channel]?.pausedUntil, until > now else { return nil }
    return Int((until - now + 999) / 1_000)
  }
}
