import Core
import RuleEngine

/// Counts the messages of users and in channels for the `limit` of rules.
struct RuleRateLimiter {
  private struct Key: Hashable {
    let rule: String
    let subject: Subject
  }

  private enum Subject: Hashable {
    case user(UserID)
    case channel(ChannelID)
  }

  /// The times of the admitted messages, in milliseconds, oldest first.
  private var admitted: [Key: [Int64]] = [:]

  /// Admits and counts a message, or returns the seconds after which another one is admitted.
  mutating func admit(rule: Rule, user: UserID, channel: ChannelID, at now: Int64) -> Int? {
    let limits = [(rule.limit.perUser, Subject.user(user)), (rule.limit.perChannel, .channel(channel))]
      .compactMap { rate, subject in rate.map { (rate: $0, key: Key(rule: rule.name, subject: subject)) } }
    for (rate, key) in limits {
      let recent = (admitted[key] ?? []).filter { $0 > now - Int64(rate.seconds) * 1_000 }
      admitted[key] = recent
      if recent.count >= rate.count, let oldest = recent.first {
        return max(1, Int((oldest + Int64(rate.seconds) * 1_000 - now + 999) / 1_000))
      }
    }
    for (_, key) in limits { admitted[key, default: []].append(now) }
    if admitted.count > Limits.countedMax { forgetOld(at: now) }
    return nil
  }

  /// The longest rate is a day: older counts have no effect.
  private mutating func forgetOld(at now: Int64) {
    admitted = admitted.filter { ($0.value.last ?? 0) > now - 86_400_000 }
  }
}
