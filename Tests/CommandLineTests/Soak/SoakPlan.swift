import Sandbox
import TestSupport
import Workload

/// The faults of a run, each before a post.
struct SoakPlan: Sendable {
  enum Event: Sendable {
    case fault(Fault)
    /// The server restarts: its sockets close, and its memory is lost.
    case restart
    /// The gateway that answers is killed and restarted.
    case kill
    /// The gateway that answers is stopped, and goes on later.
    case pause(Duration)
    /// Between the gateway that answers and the database, nothing arrives for some time.
    case cut([TCPRelay.Way], Duration)
    case database(DatabaseFault)
  }

  private(set) var events: [Int: [Event]] = [:]

  init(_ soak: Soak, _ random: inout SeededGenerator) {
    for _ in 0..<soak.faults {
      events[Int.random(in: 0..<soak.posts, using: &random), default: []].append(Self.mishap(&random))
    }
    for _ in 0..<soak.kills {
      events[Int.random(in: 0..<soak.posts, using: &random), default: []].append(.kill)
    }
    for _ in 0..<soak.pauses {
      let pause = Event.pause(.seconds(Int.random(in: 3...15, using: &random)))
      events[Int.random(in: 0..<soak.posts, using: &random), default: []].append(pause)
    }
    for _ in 0..<soak.cuts {
      let ways: [TCPRelay.Way] = [[.out], [.back], [.out, .back]].randomElement(using: &random) ?? []
      let cut = Event.cut(ways, .seconds(Int.random(in: 3...15, using: &random)))
      events[Int.random(in: 0..<soak.posts, using: &random), default: []].append(cut)
    }
    for _ in 0..<soak.databaseFaults {
      let fault = Event.database(DatabaseFault.allCases.randomElement(using: &random) ?? .cut)
      events[Int.random(in: 0..<soak.posts, using: &random), default: []].append(fault)
    }
  }

  private static func mishap(_ random: inout SeededGenerator) -> Event {
    let count = Int.random(in: 1...4, using: &random)
    let codes: [UInt16] = [1000, 1001, 1008, 1011, 1012]
    let ofCalls: [CallFault] = [
      .throttled, .failing, .slow(.milliseconds(300)), .page(status: 200), .page(status: 502), .unanswered,
    ]
    let choices: [Event] =
      [
        .restart, .fault(.amnesia), .fault(.drop), .fault(.halfOpen), .fault(.hugeFrame(bytes: 10_000_000)),
        .fault(.hugeFrame(bytes: 17_000_000)),
      ] + FrameFault.allCases.map { .fault(.frames($0, count: count)) }
      + ofCalls.flatMap { [.fault(.calls($0, count: count)), .fault(.posting($0, count: count))] }
      + [.fault(.close(codes.randomElement(using: &random) ?? 1000))]
    return choices.randomElement(using: &random) ?? .restart
  }
}
