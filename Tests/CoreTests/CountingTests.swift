import Core
import Testing

@Suite("Counting")
struct CountingTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (1_000_000, "1,000,000"), (-12_345, "-12,345"),
    (.max, "9,223,372,036,854,775,807"),
  ])
  func `a grouped number has a comma before every three digits`(number: Int, text: String) {
    #expect(number.grouped == text)
  }

  @Test func `a noun is in the plural unless there is one of it`() {
    #expect([0, 1, 2].map { $0.counted("rule") } == ["0 rules", "1 rule", "2 rules"])
    #expect([1, 2].map { $0.counted("reply", plural: "replies") } == ["1 reply", "2 replies"])
    #expect(9_210.counted("event") == "9,210 events")
  }
}
