import RuleEngine

extension TestRun {
  /// Several runs as JUnit XML, which build servers show: a suite for each rules file, a case for each test. The reasons
  /// why other tests could not be asked are errors in a suite of their own.
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
        var element = XMLElement("testcase", [("classname", "edgecrab"), ("name", "tests that could not be asked")])
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
    let failures = results.count { !$0.holds }
    return [("tests", "\(results.count + errors)"), ("failures", "\(failures)"), ("errors", "\(errors)")]
  }

  private func junitCase(_ result: TestResult) -> XMLElement {
    let place = result.test.location
    var element = XMLElement(
      "testcase",
      [("classname", place.file), ("name", result.test.name), ("file", place.file), ("line", "\(place.line)")])
    guard !result.holds else { return element }
    let message = result.differences.map(\.description).joined(separator: "; ")
    var failure = XMLElement("failure", [("message", message), ("type", "expectation")])
    var page = Page(style: .plain)
    show(result, on: &page)
    failure.content = page.lines.joined(separator: "\n")
    element.children = [failure]
    return element
  }
}

/// An element of an XML document, which is well-formed whatever its texts hold.
private struct XMLElement {
  let name: String
  let attributes: [(String, String)]
  var content = ""
  var children: [XMLElement] = []

  init(_ name: String, _ attributes: [(String, String)]) {
    self.name = name
    self.attributes = attributes
  }

  /// The element and what is in it, a line each.
  func text(indent: String = "") -> String {
    let opening = indent + "<" + name + attributes.map { " \($0)=\"\(Self.escaped($1))\"" }.joined()
    if children.isEmpty && content.isEmpty { return opening + "/>\n" }
    let inside = children.map { $0.text(indent: indent + "  ") }.joined()
    let end = "</\(name)>\n"
    return children.isEmpty
      ? opening + ">" + Self.escaped(content) + end : opening + ">\n" + inside + indent + end
  }

  /// The text with what means something to XML as references, and what it may not hold at all (XML 1.0, section 2.2) as
  /// the escapes that terminals are shown. A line break stands as a reference, since an attribute would lose it.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "\n": "&#10;"
      case "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
      default: scalar.printable
      }
    }.joined()
  }
}
