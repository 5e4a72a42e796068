import RuleEngine

/// Counts what users and channels ask under the rules' `limit`.
struct RuleRateLimiter {
  private struct Counted: Hashable {
    let rule: String
    let who: String
  }

  /// When each was let through, in milliseconds, the oldest first.
  private var passes: [Counted: [Int64]] = [:]

  /// Lets an event through and counts it, or returns the seconds after which another may come.
  mutating func pass(rule: Rule, user: String, channel: String, at now: Int64) -> Int? {
    let asked = [(rule.limit.perUser, "user:" + user), (rule.limit.perChannel, "channel:" + channel)]
      .compactMap { rate, who in rate.map { (rate: $0, counted: Counted(rule: rule.name, who: who)) } }
    for (rate, counted) in asked {
      let recent = recentPasses(counted, rate, at: now)
      passes[counted] = recent
      if recent.count >= rate.count, let oldest = recent.first {
        return max(1, Int((oldest + Int64(rate.seconds) * 1_000 - now + 999) / 1_000))
      }
    }
    for (_, counted) in asked { passes[counted, default: []].append(now) }
    if passes.count > Limits.countedMax { forgetQuiet(at: now) }
    return nil
  }

  private func recentPasses(_ counted: Counted, _ rate: Rate, at now: Int64) -> [Int64] {
    (passes[counted] ?? []).filter { $0 > now - Int64(rate.seconds) * 1_000 }
  }

  /// The longest rate is a day: who passed before then counts for nothing.
  private mutating func forgetQuiet(at now: Int64) {
    passes = passes.filter { ($0.value.last ?? 0) > now - 86_400_000 }
  }
}
