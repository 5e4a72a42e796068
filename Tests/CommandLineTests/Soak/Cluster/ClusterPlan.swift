import TestSupport
import Workload

/// The posts and the faults of a run in their order, which depends only on its seed.
struct ClusterPlan: Sendable, Equatable {
  struct Post: Sendable, Equatable {
    let question: ClusterHistory.Question
    let channel: String
    /// The number of the post in whose thread it is.
    let root: Int?
    /// The time before it. Most posts come in bursts, so that several wait when a fault begins; the times between them
    /// are for gateways that come back.
    let pause: Duration
  }

  enum Step: Sendable, Equatable {
    case post(Post)
    case fault(ClusterFault)
  }

  let steps: [Step]
  /// The time that the agent thinks about each post.
  let thinking: [Duration]

  var questions: [ClusterHistory.Question] {
    steps.compactMap { if case .post(let post) = $0 { post.question } else { nil } }
  }

  init(_ soak: ClusterSoak) {
    var random = SeededGenerator(seed: soak.seed)
    var faults: [Int: [ClusterFault]] = [:]
    for fault in Self.faults(of: soak, &random) {
      faults[Int.random(in: 0..<soak.posts, using: &random), default: []].append(fault)
    }
    var threads: [String: [Int]] = [:]
    var steps: [Step] = []
    var thinking: [Duration] = []
    for number in 0..<soak.posts {
      steps += (faults[number] ?? []).map(Step.fault)
      steps.append(.post(Self.post(number, &threads, &random)))
      // Few answers take so long that faults meet them, and that the post is shown while it is written.
      let isLong = Int.random(in: 0..<50, using: &random) == 0
      thinking.append(.milliseconds(Int.random(in: isLong ? 1_000...5_000 : 1...50, using: &random)))
    }
    self.steps = steps
    self.thinking = thinking
  }
}

// MARK: Posts

extension ClusterPlan {
  /// The number of further channels in which everyone is, `room-1` and so on.
  static let rooms = 6

  /// The channels in which each thread is a session. Their sessions end soon and others begin, also after a gateway has
  /// come back, which gets none of those that are in use.
  private static let threaded = ["town-square", "room-1", "room-2", "room-3"]

  /// Who writes where. Several people share the sessions of channels and threads.
  private static let speakers: [(user: String, channel: String)] =
    [
      ("alice", "dev"), ("bob", "dev"), ("carol.o-brien", "dev"), ("alice", "group"), ("bob", "group"),
      ("alice", "town-square"), ("bob", "town-square"), ("mallory", "town-square"), ("bob", "town-square"),
      ("alice", "ops"), ("carol.o-brien", "ops"),
      ("alice", "@edgecrab"), ("bob", "@edgecrab"), ("carol.o-brien", "@edgecrab"), ("mallory", "@edgecrab"),
    ] + (1...rooms).flatMap { [("alice", "room-\($0)"), ("mallory", "room-\($0)")] }

  /// All channels with posts, each with a user who sees it.
  static var channels: [(name: String, viewer: String)] {
    let direct = speakers.filter { $0.channel.hasPrefix("@") }.map { (name: $0.channel, viewer: $0.user) }
    return direct + Set(speakers.map(\.channel).filter { !$0.hasPrefix("@") }).sorted().map { ($0, "alice") }
  }

  /// The rules, one for each scope of sessions.
  static func rules(agent url: String) -> String {
    """
    version: 1
    access: { users: "*" }
    agents: { model: { type: openai, base_url: "\(url)", model: m, api_key: "${\(keyVariable)}", history: 200 } }
    rules:
      - { name: people, when: { kind: direct }, agent: model, session: user }
      - { name: threads, when: { channel: [\(threaded.joined(separator: ", "))], trigger: mention }, agent: model, session: thread }
      - { name: members, when: { channel: ops, trigger: mention }, agent: model, session: member }
      - { name: channels, when: { trigger: mention }, agent: model, session: channel, reply: { stream: true } }
    """
  }

  /// The variable with the API key, which is different for each gateway and names it to the agent.
  static let keyVariable = "GATEWAY_KEY"

  /// - Parameter threads: the posts that have begun threads, by their channels.
  private static func post(_ number: Int, _ threads: inout [String: [Int]], _ random: inout SeededGenerator) -> Post {
    let (user, channel) = speakers.randomElement(using: &random) ?? speakers[0]
    var root: Int?
    let session: String
    switch channel {
    case "@edgecrab": session = "user:\(user)"
    case "ops": session = "member:ops:\(user)"
    case _ where threaded.contains(channel):
      // Most posts are in one of the newest threads.
      let newest = (threads[channel] ?? []).suffix(3)
      root = Int.random(in: 0..<4, using: &random) == 0 ? nil : newest.randomElement(using: &random)
      if root == nil { threads[channel, default: []].append(number) }
      session = "thread:\(root ?? number)"
    default: session = "channel:\(channel)"
    }
    let isFirst = Int.random(in: 0..<15, using: &random) == 0
    return Post(
      question: ClusterHistory.Question(number: number, author: user, session: session), channel: channel, root: root,
      pause: .milliseconds(isFirst ? Int.random(in: 300...1_500, using: &random) : 0))
  }
}

// MARK: Faults

extension ClusterPlan {
  private static func faults(of soak: ClusterSoak, _ random: inout SeededGenerator) -> [ClusterFault] {
    func seconds(_ range: ClosedRange<Int>) -> Duration { .seconds(Int.random(in: range, using: &random)) }
    func gateway() -> Int { Int.random(in: 0..<soak.gateways, using: &random) }
    let kills = (0..<soak.kills).map { _ in ClusterFault.kill(gateway: gateway(), away: seconds(0...12)) }
    let stops = (0..<soak.stops).map { _ in ClusterFault.stop(gateway: gateway(), away: seconds(0...5)) }
    let pauses = (0..<soak.pauses).map { _ in ClusterFault.pause(gateway: gateway(), for: seconds(soak.pauseSeconds)) }
    let cuts = (0..<soak.cuts).map { index in
      // Mattermost recognises a post that it got before for 30 seconds. The network may hold one for as long as it is
      // cut, so that a longer cut could post an answer twice, whatever the gateways do.
      ClusterFault.cut(
        gateway: gateway(), from: ClusterServer.allCases[index % 2],
        [[.out], [.back], [.out, .back]].randomElement(using: &random) ?? [], for: seconds(soak.cutSeconds))
    }
    let database = (0..<soak.databaseFaults).map { index in
      let choices: [DatabaseFault] = [
        .terminate, .slowDisk(seconds(3...10)), .restart, .crash, .silence(seconds(1...4)),
      ]
      return ClusterFault.database(choices[index % choices.count])
    }
    let server = (0..<soak.serverFaults).map { _ in ClusterFault.server(.random(using: &random)) }
    return kills + stops + pauses + cuts + database + server
  }
}
