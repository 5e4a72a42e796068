import Core
import RuleEngine

/// Limits the answers to bots, webhooks and plugins in each channel: two programs that answer each other would never
/// stop.
actor BotLoopGuard {
  private var channels: [ChannelID: Count] = [:]

  private struct Count {
    /// The times of the answers, in milliseconds, oldest first.
    var answers: [Int64] = []
    /// The end of the pause, in milliseconds.
    var pausedUntil: Int64 = 0
  }

  enum Verdict: Equatable {
    case answer
    /// This post exceeds the limit; a pause begins.
    case pauseBegins
    case paused
  }

  /// Decides whether to answer a program's post, and counts the answer.
  func admit(in channel: ChannelID, _ rate: Rate, at now: Int64) -> Verdict {
    let span = Int64(rate.seconds) * 1_000
    var count = channels[channel] ?? Count()
    defer {
      channels[channel] = count
      if channels.count > Limits.countedMax {
        // The longest rate is a day: older counts have no effect.
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

  /// Returns the remaining seconds of a pause in a channel, rounded up, or `nil` if there is none.
  func pause(in channel: ChannelID, at now: Int64) -> Int? {
    guard let until = channels[channel]?.pausedUntil, until > now else { return nil }
    return Int((until - now + 999) / 1_000)
  }
}
