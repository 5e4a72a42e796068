import ConfigLoader
import Core
import RuleEngine

extension TestRun {
  /// Returns several runs as JUnit XML, for build servers: a suite a rules file, a case a test.
  /// - Parameter problems: the reasons why other tests could not run; they become errors in a suite of their own.
  package static func junit(_ runs: [TestRun], problems: [String] = []) -> String {
    var suites = XMLElement("testsuites", totals(of: runs.flatMap(\.results), errors: problems.count))
    suites.children = runs.map { run in
      var suite = XMLElement("testsuite", [("name", run.file)] + totals(of: run.results))
      suite.children = run.results.map(run.junitCase)
      return suite
    }
    if !problems.isEmpty {
      var suite = XMLElement("testsuite", [("name", "edgecrab")] + totals(of: [], errors: problems.count))
      suite.children = problems.map { problem in
        var element = XMLElement("testcase", [("classname", "edgecrab"), ("name", "tests that could not run")])
        var error = XMLElement("error", [("message", String(problem.prefix { $0 != "\n" })), ("type", "problem")])
        error.content = problem
        element.children = [error]
        return element
      }
      suites.children.append(suite)
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + suites.text()
  }

  private static func totals(of results: [TestResult], errors: Int = 0) -> [(String, String)] {
    let failures = results.count { !$0.passes }
    return [("tests", "\(results.count + errors)"), ("failures", "\(failures)"), ("errors", "\(errors)")]
  }

  private func junitCase(_ result: TestResult) -> XMLElement {
    let location = result.test.location
    var element = XMLElement(
      "testcase",
      [("classname", location.file), ("name", result.test.name), ("file", location.file), ("line", "\(location.line)")])
    guard !result.passes else { return element }
    let message = result.mismatches.map(\.description).joined(separator: "; ")
    var failure = XMLElement("failure", [("message", message), ("type", "expectation")])
    var page = ReportPage(style: .plain)
    write(result, to: &page)
    failure.content = page.lines.joined(separator: "\n")
    element.children = [failure]
    return element
  }
}

/// An element of an XML document.
private struct XMLElement {
  let name: String
  let attributes: [(String, String)]
  var content = ""
  var children: [XMLElement] = []

  init(_ name: String, _ attributes: [(String, String)]) {
    self.name = name
    self.attributes = attributes
  }

  /// Returns the element with its content, a line a child.
  func text(indent: String = "") -> String {
    let opening = indent + "<" + name + attributes.map { " \($0)=\"\($1.escaped(for: .xml))\"" }.joined()
    if children.isEmpty && content.isEmpty { return opening + "/>\n" }
    let inside = children.map { $0.text(indent: indent + "  ") }.joined()
    let end = "</\(name)>\n"
    return children.isEmpty
      ? opening + ">" + content.escaped(for: .xml) + end : opening + ">\n" + inside + indent + end
  }
}
