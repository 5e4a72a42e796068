import Synchronization
import TestSupport
import Testing

@testable import AgentSessions

@Suite("A patient agent", .timeLimit(.minutes(1)))
struct PatientAgentTests {
  private let request = AgentRequest(message: "hello", speaker: "alice", sessionID: "s")

  /// Fails as it is told, one way after the other, then answers.
  private final class Moody: Agent {
    let isRepeatable: Bool
    private let moods: Mutex<[(part: AgentPart?, code: AgentFailure.Code)]>
    let asked = Mutex(0)

    init(_ moods: [(AgentPart?, AgentFailure.Code)], isRepeatable: Bool = true) {
      self.moods = Mutex(moods.map { (part: $0, code: $1) })
      self.isRepeatable = isRepeatable
    }

    func answer(_ request: AgentRequest) -> AsyncThrowingStream<AgentPart, any Error> {
      asked.withLock { $0 += 1 }
      let mood = moods.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      return AsyncThrowingStream { parts in
        guard let mood else {
          parts.yield(.text("hi"))
          return parts.finish()
        }
        if let part = mood.part { parts.yield(part) }
        parts.finish(throwing: AgentFailure(mood.code, agent: "moody"))
      }
    }
  }

  private func ask(_ moody: Moody) async throws -> (parts: [AgentPart], pauses: Int) {
    let pauses = Mutex(0)
    let patient = PatientAgent(moody, logger: .silent) { _ in pauses.withLock { $0 += 1 } }
    var parts: [AgentPart] = []
    for try await part in patient.answer(request) { parts.append(part) }
    return (parts, pauses.withLock { $0 })
  }

  @Test("asks again while its trouble may pass")
  func again() async throws {
    let moody = Moody([(nil, .rateLimited), (nil, .unreachable)])
    let (parts, pauses) = try await ask(moody)
    #expect(parts == [.text("hi")] && pauses == 2)
  }

  @Test("gives up in the end, at once where it would be no use, and where something was said")
  func givesUp() async throws {
    for (moods, asked) in [
      ([(nil, .brokenEndpoint), (nil, .brokenEndpoint), (nil, .brokenEndpoint)], 3), ([(nil, .unauthorized)], 1),
      ([(.text("h"), .brokenEndpoint)], 1), ([(.usage(TokenUsage()), .unreachable), (.file("x"), .unreachable)], 2),
    ] as [([(AgentPart?, AgentFailure.Code)], Int)] {
      let moody = Moody(moods)
      await #expect(throws: AgentFailure.self) { _ = try await ask(moody) }
      #expect(moody.asked.withLock { $0 } == asked)
    }
  }

  @Test("asks nobody twice who may do more than answer")
  func onlyOnce() async throws {
    let moody = Moody([(nil, .unreachable)], isRepeatable: false)
    await #expect(throws: AgentFailure.self) { _ = try await ask(moody) }
    #expect(moody.asked.withLock { $0 } == 1)
  }
}
