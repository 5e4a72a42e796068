import Foundation
import Sandbox
import TestSupport
import Testing

/// Runs the commands that the pages show. `UPDATE_GOLDEN=1` rewrites the output of their sessions.
@Suite(.timeLimit(.minutes(3))) struct DocumentedSessionsTests {
  @Test(arguments: DocumentedCommandsTests.pages)
  func `the commands of a session print what the page shows`(page: MarkdownPage) async throws {
    let written = ShellSession(markdown: page.text)
    #expect(written.markdown == page.text)
    let sections = written.sections.filter { NotRun.reason(for: written, $0, on: page.path) == nil }
    guard !sections.isEmpty else { return }
    let current = try await withSandbox { sandbox in
      try await written.run(Set(sections), in: DocumentationHome(sandbox: sandbox))
    }
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      guard current.markdown != page.text else { return }
      try current.markdown.write(
        to: MarkdownPage.root.appending(path: page.path), atomically: true, encoding: .utf8)
    } else {
      for (written, now) in zip(written.steps, current.steps) {
        #expect(now == written, "UPDATE_GOLDEN=1 swift test --filter DocumentedSessionsTests writes it anew")
      }
    }
  }

  @Test func `the tutorial has sessions that run`() throws {
    let page = try #require(MarkdownPage("docs/tutorial.md"))
    let session = ShellSession(markdown: page.text)
    #expect(session.steps.count > 20)
    for section in session.sections { #expect(NotRun.reason(for: session, section, on: page.path) == nil) }
  }

  /// Files with the names that the pages use, and the store and the journal of a gateway that has run.
  private static let files = """
    mkdir -p ~/.edgecrab/hooks
    edgecrab rules new --from team --output OLD.yaml > created
    for file in NEW.yaml my.yaml rules.yaml ~/.edgecrab/rules.yaml; do cp OLD.yaml $file; done
    printf 'version: 1\\ntests: [{ name: hi, given: { kind: direct, text: hi }, expect: { agent: echo } }]\\n' > more.yaml
    echo '{"user": "alice", "channel": "dev", "text": "@edgecrab hi", "at": "2025-06-02T09:30:00Z"}' > EVENTS.jsonl
    edgecrab gateway start --rules OLD.yaml > log 2>&1 & gateway=$!
    while ! edgecrab rules journal --format json | grep -q '"answered"'; do sleep 0.05; done
    kill $gateway; wait $gateway
    post=$(edgecrab rules journal --format json | grep -o '"post":"[a-z0-9]*"' | head -1 | cut -d '"' -f 4)
    """

  @Test func `the other commands in blocks of code succeed`() async throws {
    let root = try await CommandTree.ofProgram()
    let commands = DocumentedCommandsTests.pages.flatMap { page in
      page.codeBlocks.filter { block in !block.lines.contains { $0.text.hasPrefix("$ ") } }.flatMap(\.commandLines)
        .compactMap { line in DocumentedCommand(line, of: page, in: root).map { (command: $0, line: line.text) } }
    }.filter { NotRun.reason(for: $0.command.text) == nil && NotRun.reason(for: $0.line) == nil }
    #expect(commands.count > 10)
    try await withSandbox { sandbox in
      let home = DocumentationHome(sandbox: sandbox, preparation: Self.files)
      // The gateway answers it as soon as it runs.
      let asking = Task {
        while !Task.isCancelled {
          try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
          try await Task.sleep(for: .milliseconds(300))
        }
      }
      defer { asking.cancel() }
      let lines = commands.map { "( " + $0.line.replacing(/\bPOST\b/, with: "$post") + "\n) < EVENTS.jsonl" }
      for (shown, result) in zip(commands, try await home.run(lines)) {
        #expect(result.status == 0, "\(shown.command.place)\n\(result.output)")
      }
    }
  }
}
