import RuleEngine
import Synchronization
import TestSupport
import Testing

@testable import AgentSessions

@Suite("A patient agent", .timeLimit(.minutes(1)))
struct PatientAgentTests {
  private let request = AgentRequest(message: "hello", speaker: "alice", sessionID: "s")

  /// A way to fail: with what said before, and when it wants to be asked again.
  private struct Mood {
    var part: ResponsePart?
    var code: AgentFailure.Code
    var after: Duration?

    init(_ part: ResponsePart?, _ code: AgentFailure.Code, after: Duration? = nil) {
      (self.part, self.code, self.after) = (part, code, after)
    }
  }

  /// Fails as it is told, one way after the other, then answers.
  private final class Moody: Agent {
    let isIdempotent: Bool
    private let moods: Mutex<[Mood]>
    let asked = Mutex(0)

    init(_ moods: [Mood], isIdempotent: Bool = true) {
      self.moods = Mutex(moods)
      self.isIdempotent = isIdempotent
    }

    func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
      asked.withLock { $0 += 1 }
      let mood = moods.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      return AsyncThrowingStream { parts in
        guard let mood else {
          parts.yield(.text("hi"))
          return parts.finish()
        }
        if let part = mood.part { parts.yield(part) }
        parts.finish(throwing: AgentFailure(mood.code, agent: "moody", retryAfter: mood.after))
      }
    }
  }

  private func ask(
    _ moody: Moody, retries: Int = ChatSettings.defaultRetries
  ) async throws -> (parts: [ResponsePart], pauses: [Duration]) {
    let pauses = Mutex<[Duration]>([])
    let patient = PatientAgent(name: "moody", agent: moody, retries: retries, logger: .silent) { pause in
      pauses.withLock { $0.append(pause) }
    }
    return (try await patient.answer(request).said(), pauses.withLock { $0 })
  }

  @Test("asks again while its trouble may pass")
  func again() async throws {
    let (parts, pauses) = try await ask(Moody([Mood(nil, .rateLimited), Mood(.alive, .unreachable)]))
    #expect(parts == [.text("hi")] && pauses.count == 2)
  }

  @Test("waits longer each time, to a bound, and never as long as another by rule")
  func backOff() async throws {
    let moods = Array(repeating: Mood(nil, .brokenEndpoint), count: 5)
    let pauses = try await ask(Moody(moods), retries: 5).pauses
    #expect(pauses.count == 5)
    for (pause, most) in zip(pauses, [1, 4, 16, 60, 60]) {
      #expect(pause <= .seconds(most) && pause >= .seconds(most) / 2)
    }
  }

  @Test("waits as long as the endpoint wants, and not at all where that is too long")
  func retryAfter() async throws {
    let (_, pauses) = try await ask(
      Moody([Mood(nil, .rateLimited, after: .seconds(7)), Mood(nil, .rateLimited, after: .zero)]))
    #expect(pauses == [.seconds(7), .zero])
    let moody = Moody([Mood(nil, .rateLimited, after: .seconds(61))])
    await #expect(throws: AgentFailure.self) { _ = try await ask(moody) }
    #expect(moody.asked.withLock { $0 } == 1)
  }

  @Test("gives up in the end, at once where it would be no use, and where something was said")
  func givesUp() async throws {
    let broken = Mood(nil, .brokenEndpoint)
    for (moods, retries, asked) in [
      ([broken, broken, broken, broken], 2, 3), ([broken], 0, 1), ([Mood(nil, .unauthorized)], 2, 1),
      ([Mood(.text("h"), .brokenEndpoint)], 2, 1),
      ([Mood(.usage(TokenUsage()), .unreachable), Mood(.file("x"), .unreachable)], 2, 2),
    ] {
      let moody = Moody(moods)
      await #expect(throws: AgentFailure.self) { _ = try await ask(moody, retries: retries) }
      #expect(moody.asked.withLock { $0 } == asked)
    }
  }

  @Test("asks nobody twice who may do more than answer")
  func onlyOnce() async throws {
    let moody = Moody([Mood(nil, .unreachable)], isIdempotent: false)
    await #expect(throws: AgentFailure.self) { _ = try await ask(moody) }
    #expect(moody.asked.withLock { $0 } == 1)
  }
}
