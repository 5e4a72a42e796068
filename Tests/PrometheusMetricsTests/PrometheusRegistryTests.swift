import CoreMetrics
import PrometheusMetrics
import Testing

/// The text that Prometheus reads.
@Suite struct PrometheusRegistryTests {
  private let registry = PrometheusRegistry([
    MetricFamily("posts_total", "Posts,\nby \\ author.", .counter, labels: [MetricFamily.Label("rule")]),
    MetricFamily("sessions", "Sessions.", .gauge),
    MetricFamily("wait_seconds", "Waits.", .histogram(buckets: [2.5e-7, 0.5, 1])),
    MetricFamily(
      "turns_total", "Turns.", .counter,
      labels: [MetricFamily.Label("agent"), MetricFamily.Label("outcome", values: ["good", "bad"])]),
  ])

  private var text: String { String(decoding: registry.text, as: UTF8.self) }

  private func count(_ rule: String, by amount: Int = 1) {
    Counter(label: "posts_total", dimensions: [("rule", rule)], factory: registry).increment(by: amount)
  }

  @Test func `families have a help and a type, and one without metrics is left out`() {
    Meter(label: "sessions", factory: registry).set(2.5)
    #expect(text == "# HELP sessions Sessions.\n# TYPE sessions gauge\nsessions 2.5\n")
  }

  @Test func `quotes, backslashes and line breaks are escaped, in labels and help`() {
    count("a \"quoted\" \\ rule\nof two lines, and 中文 \0")
    #expect(
      text == """
        # HELP posts_total Posts,\\nby \\\\ author.
        # TYPE posts_total counter
        posts_total{rule="a \\"quoted\\" \\\\ rule\\nof two lines, and 中文 \0"} 1

        """)
  }

  @Test func `bytes that are not UTF-8 become UTF-8 before they get here`() {
    count(String(decoding: [0x61, 0xFF, 0xC3, 0x28], as: UTF8.self))
    #expect(String(validating: registry.text, as: UTF8.self)?.contains("a\u{FFFD}\u{FFFD}(") == true)
  }

  @Test func `a histogram counts cumulatively, in seconds`() {
    let timer = Timer(label: "wait_seconds", factory: registry)
    for nanoseconds in [250, 100_000_000, 2_000_000_000] { timer.recordNanoseconds(nanoseconds) }
    #expect(
      text == """
        # HELP wait_seconds Waits.
        # TYPE wait_seconds histogram
        wait_seconds_bucket{le="2.5e-07"} 1
        wait_seconds_bucket{le="0.5"} 2
        wait_seconds_bucket{le="1"} 2
        wait_seconds_bucket{le="+Inf"} 3
        wait_seconds_sum 2.10000025
        wait_seconds_count 3

        """)
  }

  @Test func `a counter never falls, and the same labels are the same metric`() {
    count("a", by: 2)
    count("a", by: -5)
    count("a")
    let cost = FloatingPointCounter(label: "posts_total", dimensions: [("rule", "a")], factory: registry)
    for amount in [0.5, -1, .nan, .infinity] { cost.increment(by: amount) }
    #expect(text.contains("posts_total{rule=\"a\"} 3.5\n"))
  }

  @Test func `beyond the bound, values from outside become other, and fixed ones stay`() {
    for number in 0..<5_000 {
      count("rule \(number)")
      for outcome in ["good", "bad"] {
        Counter(
          label: "turns_total", dimensions: [("outcome", outcome), ("agent", "agent \(number)")], factory: registry
        ).increment()
      }
    }
    let lines = text.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("posts_total") } == 1_001)
    #expect(lines.contains("posts_total{rule=\"other\"} 4000"))
    #expect(lines.count { $0.hasPrefix("turns_total") } == 1_002)
    #expect(lines.contains("turns_total{agent=\"other\",outcome=\"good\"} 4500"))
    count("rule 3")
    #expect(text.contains("posts_total{rule=\"rule 3\"} 2\n"))
  }

  @Test func `a long label value is cut`() {
    count(String(repeating: "x", count: 100_000))
    #expect(text.utf8.count < 300)
  }

  @Test func `instruments of unknown names and of other kinds record nothing`() {
    Counter(label: "unknown_total", factory: registry).increment()
    Timer(label: "sessions", factory: registry).recordNanoseconds(1)
    Recorder(label: "posts_total", factory: registry).record(1)
    #expect(!text.contains("unknown") && !text.contains(" 1\n"), "\(text)")
  }

  @Test func `nothing is lost when many tasks count`() async {
    await withTaskGroup { group in
      for _ in 0..<8 { group.addTask { for _ in 0..<1_000 { count("a") } } }
    }
    #expect(text.contains("posts_total{rule=\"a\"} 8000\n"))
  }
}
