import Core
import Testing

@Suite("Duration texts")
struct DurationTextTests {
  @Test(arguments: [
    (-5, "0 ms", "0ms"), (12, "12 ms", "12ms"), (1_000, "1 s", "1.0s"), (1_250, "1.2 s", "1.2s"),
    (12_900, "12 s", "12s"),
    (60_000, "1 min", "1m00s"), (185_000, "3 min 5 s", "3m05s"), (3_600_000, "1 h", "1h00m"),
    (7_800_000, "2 h 10 min", "2h10m"),
  ])
  func `a duration is spelled for people and compact for the log`(milliseconds: Int, spelled: String, compact: String) {
    let duration = Duration.milliseconds(milliseconds)
    #expect(duration.spelled == spelled)
    #expect(duration.compact == compact)
  }

  @Test(arguments: [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7_199, "119 min"), (-7_200, "2 h")])
  func `an approximate duration has one unit`(seconds: Int, text: String) {
    #expect(Duration.seconds(seconds).approximate == text)
  }

  @Test func `seconds for JSON have three decimals`() {
    #expect(Duration.milliseconds(774).decimalSeconds == "0.774")
    #expect(Duration.seconds(62).decimalSeconds == "62.000")
    #expect(Duration.seconds(-1).decimalSeconds == "0.000")
  }

  @Test(arguments: [(45, "45s"), (90, "90s"), (120, "2m"), (28_800, "8h"), (86_400, "1d"), (129_600, "36h")])
  func `a rules file has the largest unit that leaves no rest`(seconds: Int, text: String) {
    #expect(Duration.seconds(seconds).ruleLiteral == text)
  }

  @Test func `milliseconds are rounded to the nearest`() {
    #expect(Duration.microseconds(1_500).milliseconds == 2)
    #expect(Duration.microseconds(1_499).milliseconds == 1)
  }
}
