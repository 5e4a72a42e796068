import Agents
import Core
import Testing

@testable import Sessions

@Suite struct ResponseBufferTests {
  private func answer(_ parts: ResponsePart..., showsActivity: Bool = true) async throws -> ResponseBuffer {
    let answer = ResponseBuffer(showsActivity: showsActivity)
    try await answer.collect(
      AsyncThrowingStream { stream in
        for part in parts { stream.yield(part) }
        stream.finish()
      })
    return answer
  }

  @Test func `of many steps and a long plan, the newest and the first are shown, and the others counted`() {
    var activity = AgentActivity()
    for number in 1...300 { activity.update(AgentStep(id: "\(number)", title: "s\(number)", state: .failed)) }
    activity.replace((1...22).map { AgentPlanEntry(text: "p\($0)", state: .pending) })
    #expect(activity.lines.count == 20 + 1 + 1 + 5)
    #expect(activity.lines.suffix(7).prefix(2) == ["- (and 2 more)", "(295 earlier steps)"])
    #expect(activity.stepsLine == "(300 steps: 300 ✗ `s298`, `s299`, `s300`)")
  }

  @Test func `a thought is gone when something happens`() async throws {
    let thinking = try await answer(.text("a"), .thought("hm"))
    let shown = thinking.progress
    #expect(shown.text == "a" && shown.activity == ["… hm"])
    #expect(thinking.text == "a")
    let written = try await answer(.thought("hm"), .text("a"))
    #expect(written.progress.activity.isEmpty)
    let silent = try await answer(.thought("hm"))
    #expect(silent.text == nil)
  }

  @Test func `a long change is cut with a word, and too many leave the answer its room`() async throws {
    let diff = (["--- x", "+++ x"] + (1...100).map { "+\($0)" }).joined(separator: "\n")
    let cut = try await answer(.diff(diff), .text("end"))
    let text = try #require(cut.text)
    #expect(text.hasSuffix("+58\n```\n\n(42 more lines of this change.)\n\nend"))
    let plain = try await answer(.diff(diff), .text("end"), showsActivity: false)
    #expect(plain.text == "end")
    let line = String(repeating: "x", count: 1_000)
    let large = (["--- x", "+++ b/x"] + (1...59).map { _ in line }).joined(separator: "\n")
    let three = try await answer(.diff(large), .diff(large), .diff(large), .text("end"))
    let many = try #require(three.text)
    #expect(many.utf8.count < 80_000 && many.hasSuffix("(A change of `b/x` is not shown: there were too many.)\n\nend"))
  }
}
