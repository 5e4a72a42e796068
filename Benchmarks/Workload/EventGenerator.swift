import Core

/// Generates events for the rules of a workload.
struct EventGenerator {
  private let rules: [WorkloadRule]
  private let users: [String]
  private let teams: [String]
  /// Channels and users that are in no rule.
  private let otherChannels: [String]
  private let otherUsers: [String]
  private var kinds: [String: ChannelKind] = [:]
  private var teamOfChannel: [String: String] = [:]
  private let vocabulary: [String]
  private var order: [WorkloadRule.Kind: [Int]] = [:]

  private static let foreign = ["héllo", "naïve", "日本語", "テスト", "😀", "über", "привет", "señal"]

  init(_ made: RuleGenerator, _ chance: inout SeededRandom) {
    (rules, users, teams) = (made.rules, made.users, made.teams)
    let others = max(500, rules.count - 1)
    otherChannels = (0..<others).map { _ in WordGenerator.id(&chance) }
    otherUsers = (0..<others).map { _ in WordGenerator.id(&chance) }
    for channel in made.channels + otherChannels {
      kinds[channel] = chance.one([(.public, weight: 3), (.private, weight: 2), (.group, weight: 1)])
      teamOfChannel[channel] = chance.one(teams)
    }
    vocabulary = (0..<3_000).map { _ in WordGenerator.word(&chance, 1...3) }
    for (index, rule) in rules.enumerated() where rule.kind != .last { order[rule.kind, default: []].append(index) }
    for kind in [WorkloadRule.Kind.channel, .user, .command, .literal, .expression] {
      order[kind] = order[kind].map { chance.shuffled($0) }
    }
  }

  func events(_ count: Int, aimed share: Double, _ chance: inout SeededRandom) -> [WorkloadEvent] {
    let zipf = Zipfs(
      channels: Zipf(otherChannels.count), others: Zipf(otherUsers.count), users: Zipf(users.count),
      words: Zipf(vocabulary.count, exponent: 1), rules: order.mapValues { Zipf($0.count) })
    var milliseconds: Int64 = 1_760_000_000_000
    return (0..<count).map { _ in
      milliseconds += Int64(chance.number(1...4_000))
      return event(aimed: chance.holds(share), at: milliseconds, zipf, &chance)
    }
  }

  private struct Zipfs {
    let channels: Zipf
    let others: Zipf
    let users: Zipf
    let words: Zipf
    let rules: [WorkloadRule.Kind: Zipf]
  }

  private func event(aimed: Bool, at milliseconds: Int64, _ zipf: Zipfs, _ chance: inout SeededRandom) -> WorkloadEvent
  {
    let kind = chance.one([
      (WorkloadRule.Kind.channel, weight: 60), (.user, weight: 20), (.command, weight: 10), (.literal, weight: 5),
      (.expression, weight: 5),
    ])
    var words = (0..<(chance.holds(0.98) ? chance.number(3...35) : chance.number(200...700))).map { _ in
      vocabulary[zipf.words.draw(&chance)]
    }
    if chance.holds(0.06) { words.insert(chance.one(Self.foreign), at: chance.number(0...words.count)) }
    var event = WorkloadEvent(
      channel: otherChannels[zipf.channels.draw(&chance)], kind: .public, team: "",
      user: otherUsers[zipf.others.draw(&chance)], mentionsBot: chance.holds(0.15), text: "", command: nil,
      isReply: chance.holds(0.3), hasFiles: chance.holds(0.08), milliseconds: milliseconds)
    var isDirect = false
    var team: String?
    if aimed, let order = order[kind], let place = zipf.rules[kind]?.draw(&chance), place < order.count {
      let rule = rules[order[place]]
      if !rule.channels.isEmpty { event.channel = chance.one(rule.channels) }
      if !rule.users.isEmpty, kind == .user || chance.holds(0.7) {
        event.user = chance.one(rule.users)
      } else if kind == .channel, chance.holds(0.4) {
        event.user = users[zipf.users.draw(&chance)]
      }
      if kind == .user || chance.holds(0.9) {
        switch rule.trigger {
        case .mention: event.mentionsBot = true
        case .direct: isDirect = true
        case .command: event.command = WordGenerator.word(&chance, 2...3)
        case .thread: event.isReply = true
        case .files: event.hasFiles = true
        case .any: break
        }
      }
      event.command = rule.command ?? event.command
      if chance.holds(0.9) { team = rule.team }
      if let text = rule.literal ?? rule.expression?.sample(&chance) {
        words.insert(text, at: chance.number(0...words.count))
      }
    } else if kind == .user {
      isDirect = chance.holds(0.6)
    } else if kind == .command {
      event.command = WordGenerator.word(&chance, 2...3)
    }
    event.kind = isDirect ? .direct : kinds[event.channel] ?? .public
    event.team = isDirect ? "" : team ?? teamOfChannel[event.channel] ?? ""
    if event.mentionsBot { words.insert("@bot", at: 0) }
    if let command = event.command { words.insert("/" + command, at: 0) }
    event.text = words.joined(separator: " ")
    return event
  }
}
