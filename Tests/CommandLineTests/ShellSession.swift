/// A shell session in a Markdown page: prose, and indented lines of `$ commands` above their output. A command of
/// several lines continues after `> `.
struct ShellSession {
  struct Step: Equatable {
    /// The lines of the command.
    let typed: [String]
    /// The lines of its output, without empty ones at the end.
    var said: [String]
  }

  private enum Part {
    case prose(String)
    case step(Step)
  }

  private let parts: [Part]

  var steps: [Step] {
    parts.compactMap { if case .step(let step) = $0 { step } else { nil } }
  }

  init(markdown: String) {
    var parts: [Part] = []
    var rest = markdown.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = rest.popFirst() {
      guard line.hasPrefix("    $ ") else {
        parts.append(.prose(String(line)))
        continue
      }
      let more = rest.prefix { $0.hasPrefix("    > ") }
      rest = rest.dropFirst(more.count)
      let said = rest.prefix { $0.isEmpty || $0.hasPrefix("    ") && !$0.hasPrefix("    $ ") }.withoutEmptyEnd
      rest = rest.dropFirst(said.count)
      parts.append(
        .step(
          Step(typed: ([line] + more).map { String($0.dropFirst(6)) }, said: said.map { String($0.dropFirst(4)) })))
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
        step.typed.enumerated().map { ($0 == 0 ? "    $ " : "    > ") + $1 }
          + step.said.map { $0.isEmpty ? "" : "    " + $0 }
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Returns the session with the current output of its commands, typed into one shell.
  func again() async throws -> ShellSession {
    // The separator keeps the exit status, because the next command may read it.
    let part = "part() { status=$?; printf '\\0'; return $status; }\n"
    let script = part + steps.map { $0.typed.joined(separator: "\n") + "\npart\n" }.joined()
    let ended = try await EdgecrabProcess(shell: script).ended()
    var outputs = ended.output.split(separator: "\0", omittingEmptySubsequences: false)[...]
    return ShellSession(
      parts: parts.map { part in
        guard case .step(var step) = part else { return part }
        let lines = outputs.popFirst()?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
        step.said = lines[...].withoutEmptyEnd.map(String.init)
        return .step(step)
      })
  }
}

extension ArraySlice<Substring> {
  fileprivate var withoutEmptyEnd: ArraySlice {
    let last = lastIndex { !$0.isEmpty }
    return last.map { self[startIndex...$0] } ?? []
  }
}
