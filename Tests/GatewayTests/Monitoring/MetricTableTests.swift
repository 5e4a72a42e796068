import Foundation
import PrometheusMetrics
import TestSupport
import Testing

@testable import Gateway

/// The table of metrics, and what is written by it.
@Suite struct MetricTableTests {
  private static let families = GatewayMetric.allCases.map(\.family)

  @Test func `names follow the conventions of Prometheus and are unique`() {
    #expect(Set(Self.families.map(\.name)).count == Self.families.count)
    for family in Self.families {
      #expect(family.name.wholeMatch(of: /(edgecrab|process)(_[a-z]+)+/) != nil, "\(family.name)")
      #expect((family.kind == .counter) == family.name.hasSuffix("_total"), "\(family.name)")
      #expect(!family.help.isEmpty && family.help.hasSuffix(".") && !family.help.contains("\n"), "\(family.name)")
      if case .histogram(let buckets) = family.kind {
        #expect(family.name.hasSuffix("_seconds"))
        #expect(!buckets.isEmpty && buckets == buckets.sorted() && Set(buckets).count == buckets.count)
      }
    }
  }

  /// `UPDATE_GOLDEN=1` rewrites the table.
  @Test func `the documentation lists all metrics`() throws {
    let document = URL(filePath: #filePath).appending(path: "../../../../docs/monitoring.md").standardizedFileURL
    var text = try String(contentsOf: document, encoding: .utf8)
    let table = try #require(text.firstMatch(of: /(?m)^\| metric \|.*\n(\|.*\n)+/))
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      text.replaceSubrange(table.range, with: GatewayMetric.table)
      try text.write(to: document, atomically: true, encoding: .utf8)
    } else {
      #expect(
        table.output.0 == GatewayMetric.table, "UPDATE_GOLDEN=1 swift test --filter MetricTableTests rewrites it")
    }
  }

  @Test func `the dashboard is well-formed and shows only metrics that exist`() throws {
    let file = Prometheus.packaged("grafana/edgecrab.json")
    let dashboard = try #require(
      try JSONSerialization.jsonObject(with: try Data(contentsOf: file)) as? [String: Any])
    let panels = try #require(dashboard["panels"] as? [[String: Any]])
    let ids = panels.compactMap { $0["id"] as? Int }
    #expect(ids.count == panels.count && Set(ids).count == ids.count)
    let titles = panels.compactMap { $0["title"] as? String }
    #expect(Set(titles).count == panels.count)
    let expressions = panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap { $0["expr"] as? String }
    #expect(expressions.count > panels.count / 2)
    for expression in expressions { try Self.check(expression) }
    for panel in panels where panel["type"] as? String != "row" {
      #expect((panel["description"] as? String)?.hasSuffix(".") == true, "\(panel["title"] ?? "")")
    }
  }

  @Test func `the alert rules are about metrics that exist, each with a summary and a description, and tested`() throws
  {
    let text = try String(contentsOf: Prometheus.packaged("prometheus/alerts.yml"), encoding: .utf8)
    let tests = try String(contentsOf: Prometheus.packaged("prometheus/alerts.test.yml"), encoding: .utf8)
    let rules = text.components(separatedBy: "- alert: ").dropFirst()
    #expect(rules.count > 10)
    for rule in rules {
      let name = try #require(rule.split(separator: "\n").first)
      let expression = try #require(rule.firstMatch(of: /(?s)expr: (.*?)\n        (?:for|labels):/)).output.1
      try Self.check(String(expression))
      for key in ["severity:", "summary:", "description:"] { #expect(rule.contains(key), "\(name)") }
      #expect(tests.contains("alertname: \(name)") && tests.contains("\"\(name)\""), "\(name) is not tested")
    }
    let checked = try Prometheus.tool(["check", "rules", "alerts.yml"], in: Prometheus.packaged("prometheus"))
    #expect(checked.status == 0, "\(checked.output)")
    let tested = try Prometheus.tool(["test", "rules", "alerts.test.yml"], in: Prometheus.packaged("prometheus"))
    #expect(tested.status == 0, "\(tested.output)")
  }

  /// Expects that all metrics in an expression are in the table, with the labels, and values, that it asks for.
  private static func check(_ expression: String) throws {
    let used = expression.matches(of: /\b((?:edgecrab|process)_[a-z_]+|up)(?:\{([^}]*)\})?/)
    #expect(!used.isEmpty, "\(expression)")
    for use in used where use.output.1 != "up" {
      let name = String(use.output.1)
      let family = families.first { family in
        guard case .histogram = family.kind else { return family.name == name }
        return ["_bucket", "_sum", "_count"].contains { family.name + $0 == name }
      }
      let found = try #require(family, "\(name) is in no row of the table")
      for matcher in (use.output.2 ?? "").matches(of: /(\w+)(=~|!=|!~|=)"([^"]*)"/) {
        let (label, value) = (String(matcher.output.1), String(matcher.output.3))
        // Prometheus adds these two.
        if ["job", "instance"].contains(label) { continue }
        let known = try #require(found.labels.first { $0.name == label }, "\(name) has no label \(label)")
        if let values = known.values, matcher.output.2 == "=" { #expect(values.contains(value), "\(expression)") }
      }
    }
  }
}
