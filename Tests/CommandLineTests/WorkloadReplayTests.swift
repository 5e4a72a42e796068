import TestSupport
import Testing
import Workload

/// `rules replay` decides the workload of `make bench` like a search through the rules one by one.
@Suite struct WorkloadReplayTests {
  @Test(arguments: [10, 100, 1_000, 10_000])
  func `replay decides every generated event by the expected rule`(rules: Int) async throws {
    let events = 10_000
    let folder = try TemporaryFolder()
    let workload = Workload(rules: rules, events: events)
    let ended = try await EdgecrabProcess([
      "rules", "replay", "--format", "lines",
      "--rules", try folder.write(workload.yaml, to: "rules.yaml"),
      try folder.write(workload.eventLines.joined(separator: "\n") + "\n", to: "events.jsonl"),
    ]).ended()
    #expect(ended.status == 0)
    #expect(ended.errors == "")
    let decided = ended.output.split(separator: "\n").map(String.init)
    #expect(decided.count == events)
    let wrong = zip(decided, workload.expected).enumerated().first { $0.element.0 != $0.element.1 }
    #expect(wrong == nil, "\(wrong.map { workload.eventLines[$0.offset] } ?? "")")
    #expect(Set(decided).count > min(rules, 100) / 2)
  }
}
