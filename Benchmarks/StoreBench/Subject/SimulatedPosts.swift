import Agents
import Core
import Foundation
import Logging
import RuleEngine
import Sessions
import Synchronization
import TestSupport

/// Posts and their answers, as far as the store sees them: for each, the gateway's sessions make their calls, and this
/// makes those of the other stages. The agent answers at once, and Mattermost accepts every post at once.
///
///     hasJoined, claim                        Ingest, Decider
///     enqueue, begin, hasSeen, add, end       Session, with an `exec` agent also setBegun
///     joinThread                              Ingest, for the answer, which comes back over the event socket
///     update(cursors)                         ReadProgress, every five seconds
///
/// Several threads are written in at the same time. Each has ten questions, one after the other.
struct SimulatedPosts {
  let store: any SessionStore
  private let registry: SessionRegistry
  private let folder: TemporaryFolder
  private let threads: Int
  private static let questionsOfThread = 10

  /// - Parameters:
  ///   - threads: the number of threads that are written in at the same time.
  ///   - isExec: true for an agent that may do more than answer.
  init(_ store: any SessionStore, threads: Int, isExec: Bool = false) throws {
    self.store = store
    self.threads = threads
    folder = try TemporaryFolder()
    registry = SessionRegistry(
      store: store, folders: folder.path("sessions"), agents: ["bench": InstantAgent(isIdempotent: !isExec)],
      turns: TurnLimits(max: threads, perUser: threads), progress: DelayQueue(delay: .seconds(1)), logger: .silent)
  }

  /// Writes posts for some time, until all of them are answered. Returns their number.
  func run(for time: Duration) async throws -> Int {
    let run = UInt64.random(in: 0..<1_000_000)
    let end = ContinuousClock.now + time
    let storing = Task {
      while (try? await Task.sleep(for: .seconds(5))) != nil { try await storeCursors() }
    }
    defer { storing.cancel() }
    return try await withThrowingTaskGroup(of: Int.self) { group in
      for lane in 0..<threads {
        group.addTask {
          var (count, thread) = (0, 0)
          while ContinuousClock.now < end {
            let root = Self.id("r\(run)", lane, thread)
            for question in 0..<Self.questionsOfThread where ContinuousClock.now < end {
              try await answer(question, in: PostID(root), lane: lane)
              count += 1
            }
            thread += 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
  }

  private func storeCursors() async throws {
    let cursors = (0..<threads).map { (Self.channel($0), ChannelCursor(post: "p", createAt: Int64($0))) }
    try await store.update(Dictionary(uniqueKeysWithValues: cursors), removing: [])
  }

  private func answer(_ question: Int, in root: PostID, lane: Int) async throws {
    let post = question == 0 ? root : PostID("\(root.rawValue.dropLast())\(question)")
    let thread = question == 0 ? nil : root
    if let thread { _ = try await store.hasJoined(thread: thread) }
    let claim = Claim(post: post)
    guard try await store.claim(claim, of: .thread(root), at: .now) == .new else {
      throw TestFailure("\(post) was claimed before")
    }
    let (ended, end) = AsyncStream<Void>.makeStream()
    let user = UserID(Self.id("u", lane))
    let request = TurnRequest(
      claim: claim, user: user, speaker: "user\(lane)", message: Self.question, agent: "bench",
      location: ReplyLocation(channel: Self.channel(lane), root: root),
      origin: MessageOrigin(post: post, thread: thread, channel: Self.channel(lane), user: user, userName: "user"),
      askedAt: .now, payload: Self.payload, delegate: InstantDelivery(thread: root, ended: end))
    switch await registry.session(.thread(root)).submit(request) {
    case .started, .queued, .interrupting: break
    case .rejected(let reason): throw TestFailure("a post was not accepted: \(reason)")
    case .postponed: throw TestFailure("a post was not accepted")
    }
    for await _ in ended {}
    try await store.recordJoined(thread: root, at: .now)
  }

  /// Returns an id of 26 characters, as Mattermost has them.
  private static func id(_ kind: String, _ numbers: Int...) -> String {
    let text = numbers.reduce(kind) { "\($0)x\($1)" } + "x"
    return text + String(repeating: "0", count: 26 - text.count)
  }

  private static func channel(_ lane: Int) -> ChannelID { ChannelID(id("c", lane)) }

  private static let question = String(repeating: "How do I read this? ", count: 10)
  static let answer = String(repeating: "As a sentence of some words. ", count: 24)
  /// As large as the dispatcher's, which has the rule, the target and the question.
  private static let payload = String(repeating: "{\"rule\":\"a rule\",\"target\":{}}", count: 30)
}

/// An agent that answers at once.
private struct InstantAgent: Agent {
  let isIdempotent: Bool
  var readsHistory: Bool { isIdempotent }

  func respond(to request: AgentRequest) -> ResponseStream {
    ResponseStream { parts in
      let work = Task {
        do {
          if !isIdempotent { try await request.services.recordStart() }
          parts.yield(.text(SimulatedPosts.answer))
          parts.yield(.usage(TokenUsage(input: 900, output: 150)))
          parts.finish()
        } catch {
          parts.finish(throwing: error)
        }
      }
      parts.onTermination = { _ in work.cancel() }
    }
  }
}

/// A delegate whose posts are accepted at once.
private struct InstantDelivery: TurnDelegate {
  let thread: PostID
  let ended: AsyncStream<Void>.Continuation

  func deliver(_ reply: Reply) async -> Delivery { .posted(thread: thread) }

  func handle(_ event: TurnEvent) {
    if case .ended = event { ended.finish() }
  }
}
