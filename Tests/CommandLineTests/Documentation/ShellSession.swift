import Foundation

/// A shell session in a Markdown page: `$ commands` above their output, in an indented block or between fences. A
/// command of several lines continues after `> `.
struct ShellSession: Sendable {
  struct Step: Equatable, Sendable {
    /// The heading above it.
    let section: String
    /// The white space before each of its lines.
    let indent: String
    /// The lines of the command.
    let typed: [String]
    /// The lines of its output, without empty ones at the end.
    var said: [String]

    /// Returns whether the output is the shown one, in which `…` stands for any text of a line.
    func matches(_ now: Step) -> Bool {
      said.count == now.said.count
        && zip(said, now.said).allSatisfy { shown, line in
          var rest = line[...]
          let parts = shown.components(separatedBy: "…")
          guard parts.count > 1 else { return shown == line }
          guard rest.hasPrefix(parts[0]) else { return false }
          rest = rest.dropFirst(parts[0].count)
          for part in parts[1...].dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
          }
          return rest.hasSuffix(parts[parts.count - 1])
        }
    }
  }

  private enum Part: Sendable {
    case prose(String)
    case step(Step)
  }

  private let parts: [Part]

  var steps: [Step] {
    parts.compactMap { if case .step(let step) = $0 { step } else { nil } }
  }

  /// The headings above steps, in their order.
  var sections: [String] {
    steps.map(\.section).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  init(markdown: String) {
    var parts: [Part] = []
    var section = ""
    var fence: String?
    var rest = markdown.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = rest.popFirst() {
      let white = String(line.prefix { $0 == " " })
      if line.dropFirst(white.count).hasPrefix("```") { fence = fence == nil ? white : nil }
      if fence == nil, line.hasPrefix("#") { section = String(line.drop { $0 == "#" }.dropFirst()) }
      let indent = fence ?? "    "
      guard line.hasPrefix(indent + "$ ") else {
        parts.append(.prose(String(line)))
        continue
      }
      let more = rest.prefix { $0.hasPrefix(indent + "> ") }
      rest = rest.dropFirst(more.count)
      let said = rest.prefix {
        !$0.hasPrefix(indent + "$ ") && ($0.isEmpty || $0.hasPrefix(indent)) && !$0.hasPrefix(indent + "```")
      }.withoutEmptyEnd
      rest = rest.dropFirst(said.count)
      parts.append(
        .step(
          Step(
            section: section, indent: indent,
            typed: ([line] + more).map { String($0.dropFirst(indent.count + 2)) },
            said: said.map { String($0.dropFirst(indent.count)) })))
    }
    self.parts = parts
  }

  private init(parts: [Part]) { self.parts = parts }

  /// The page.
  var markdown: String {
    let lines = parts.flatMap { part in
      switch part {
      case .prose(let line): [line]
      case .step(let step):
        step.typed.enumerated().map { step.indent + ($0 == 0 ? "$ " : "> ") + $1 }
          + step.said.map { $0.isEmpty ? "" : step.indent + $0 }
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Returns the session with the current output of the commands in these sections, typed into one shell. Output that
  /// the page already shows is kept as it is written, with its `…`.
  func run(_ sections: Set<String>, in home: DocumentationHome) async throws -> ShellSession {
    let steps = steps.filter { sections.contains($0.section) }
    var outputs = try await home.run(steps.map { $0.typed.joined(separator: "\n") }).map(\.output)[...]
    return ShellSession(
      parts: parts.map { part in
        guard case .step(var step) = part, sections.contains(step.section), let output = outputs.popFirst() else {
          return part
        }
        let written = step
        step.said = output.split(separator: "\n", omittingEmptySubsequences: false)[...].withoutEmptyEnd.map(
          String.init)
        return .step(written.matches(step) ? written : step)
      })
  }
}

extension ArraySlice<Substring> {
  fileprivate var withoutEmptyEnd: ArraySlice {
    let last = lastIndex { !$0.isEmpty }
    return last.map { self[startIndex...$0] } ?? []
  }
}
