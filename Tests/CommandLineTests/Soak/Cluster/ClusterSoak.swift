import Foundation
import Sandbox
import TestSupport

/// Posts to several real gateways of one bot, which share a real PostgreSQL, while gateways, networks, database and server
/// fail, and checks the recorded history. The posts and the faults, and their order, depend only on the seed.
struct ClusterSoak: Sendable, Equatable {
  let posts: Int
  let gateways = 3
  /// How often a gateway is killed.
  let kills: Int
  /// How often a gateway is stopped as for an upgrade.
  let stops: Int
  /// How often a gateway is paused, and for how many seconds.
  let pauses: Int
  let pauseSeconds: ClosedRange<Int>
  /// How often a gateway's network is cut, one time to the database, one time to Mattermost, and for how many seconds.
  let cuts: Int
  let cutSeconds: ClosedRange<Int>
  let databaseFaults: Int
  let serverFaults: Int
  let seed: UInt64

  /// Posts all messages, waits for the answers, and returns the outcome.
  func run() async throws -> ClusterOutcome {
    let began = ContinuousClock.now
    let plan = ClusterPlan(self)
    let recorder = ClusterRecorder()
    let agent = try ClusterAgent(plan, recorder)
    // Every answer is counted at the end, so that none may be dropped by age.
    var sandbox = try await SandboxServer.start(postsKept: 3 * posts, rooms: ClusterPlan.rooms, logger: .silent)
    let gateways = try await ClusterGateways(
      self.gateways, rules: ClusterPlan.rules(agent: agent.url), on: sandbox, recorder)
    var progress = SoakProgress()
    var ids: [String] = []
    for step in plan.steps where !progress.isStandstill {
      switch step {
      case .fault(.server(let fault)):
        recorder.record(fault.failsCalls ? .callsFailed : .fault("\(fault)"))
        sandbox = try await sandbox.apply(fault)
      case .fault(let fault): try await gateways.apply(fault)
      case .post(let post):
        let question = post.question
        try await Task.sleep(for: post.pause)
        recorder.record(.asked(question: question.number))
        ids.append(
          try await sandbox.post(
            as: question.author, in: post.channel, ClusterText.question(question.number),
            root: post.root.map { ids[$0] }))
        while ids.count - progress.answered > SoakProgress.unansweredMax, !progress.isStandstill {
          try gateways.ensureRunning()
          try await progress.look(sandbox)
        }
      }
    }
    let wanted = Set(ids.indices.map(ClusterText.answer))
    while !wanted.isSubset(of: progress.said), !progress.isStandstill {
      try gateways.ensureRunning()
      try await progress.look(sandbox)
    }
    let standstill = progress.isStandstill ? gateways.said : nil
    // What a gateway does when it wakes is a part of the history.
    try await gateways.recover()
    try await gateways.end()
    let numbers = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
    let said = try await said(on: sandbox)
    let events = try await recorder.events + gateways.recorded(numbers) + said.events
    await sandbox.stop()
    return ClusterOutcome(
      self, ClusterHistory(Array(plan.questions.prefix(ids.count)), events), notices: said.notices,
      starts: gateways.starts, time: ContinuousClock.now - began, standstill: standstill)
  }

  /// Returns the bot's posts as events, and the number of those that tell a person to wait.
  private func said(on sandbox: SandboxServer) async throws -> (events: [ClusterHistory.TimedEvent], notices: Int) {
    var posts: [SandboxPost] = []
    for channel in ClusterPlan.channels { posts += try await sandbox.posts(in: channel.name, as: channel.viewer) }
    let own = posts.filter { $0.author == "edgecrab" }
    let others = own.filter { !ClusterText.isNotice($0.message) }
    let events = others.map { post in
      let question = ClusterText.answered(by: post.message)
      let event = question.map { question in
        ClusterHistory.Event.posted(
          question: question, isComplete: post.message == ClusterText.answer(to: question))
      }
      return ClusterHistory.TimedEvent(
        at: Date(timeIntervalSince1970: Double(post.createAt) / 1_000), event: event ?? .said(post.message))
    }
    return (events, own.count - others.count)
  }
}
