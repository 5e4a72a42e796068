import ConfigLoader
import RulesTools
import TestSupport
import Testing

@Suite struct RulesFormatterTests {
  private func check(_ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try formatted(text) == expected, sourceLocation: sourceLocation)
    #expect(try formatted(expected) == expected, sourceLocation: sourceLocation)
  }

  @Test func `keys are sorted in the order of the reference, with their comments`() throws {
    try check(
      """
      # The header.

      rules:
      - agent:   echo   # who
        # when
        when: {kind: direct,trigger: dm}
        name: a
        # the end of a
      # the end of the rules
      # echoes
      agents:
          echo: {type: echo}
          # more to come

      version: 1
      """,
      """
      # The header.

      version: 1

      # the end of the rules
      # echoes
      agents:
        echo: { type: echo }
        # more to come

      rules:
        - name: a
          # when
          when: { trigger: dm, kind: direct }
          agent: echo # who
          # the end of a

      """.replacing("echo # who", with: "echo  # who"))
  }

  @Test func `an empty line separates rules of several lines, short rules keep theirs`() throws {
    try check(
      """
      version: 1
      agents: {echo: {type: echo}}
      rules:
        - { name: a, agent: echo, when: { trigger: dm } }
        - { agent: echo, name: b }
        - name: c
          agent: echo
        - name: d
          agent: echo



          busy: reject
      """,
      """
      version: 1
      agents: { echo: { type: echo } }

      rules:
        - { name: a, when: { trigger: dm }, agent: echo }
        - { name: b, agent: echo }

        - name: c
          agent: echo

        - name: d
          agent: echo

          busy: reject

      """)
  }

  @Test func `brackets that are too long for a line or contain a comment become a block`() throws {
    try check(
      """
      version: 1
      groups: { team: { users: [alice, bob, # our own
        carol] } }
      rules:
        - { name: a, when: { user: group:team, text: { contains: [deployment, release, rollback] } }, say: Hello }
      """,
      """
      version: 1

      groups:
        team:
          users:
            - alice
            - bob  # our own
            - carol

      rules:
        - name: a
          when:
            user: group:team
            text: { contains: [deployment, release, rollback] }
          say: Hello

      """)
  }

  @Test func `keys keep their order where an alias would precede its anchor or mean another one`() throws {
    try check(
      "version: 1\ntests: [{ name: &t hi, given: { author: own }, expect: { rule: none } }]\nrules: [{ say: *t, name: x }]\n",
      "version: 1\ntests: [{ name: &t hi, given: { author: own }, expect: { rule: none } }]\nrules: [{ name: x, say: *t }]\n"
    )
    try check(
      "rules:\n  - when: &w { trigger: dm }\n    say: &s no\n    name: a\n  - { say: *s, when: *w, name: b }\nversion: 1\n",
      "version: 1\n\nrules:\n  - name: a\n    when: &w { trigger: dm }\n    say: &s no\n\n  - { name: b, when: *w, say: *s }\n"
    )
    // Of two anchors with one name, the alias means the last above it: in another order it would mean the other.
    try check(
      "version: 1\nrules:\n  - { say: &s hi, name: &s a }\n  - { name: b, say: *s }\n",
      "version: 1\nrules:\n  - { say: &s hi, name: &s a }\n  - { name: b, say: *s }\n".replacing(
        "version: 1\n", with: "version: 1\n\n"))
  }

  @Test func `texts keep their quotes and blocks`() throws {
    let text = """
      version: 1

      rules:
        - name: 'it''s'
          when: { text: { matches: '^build #\\d+' } }
          say: |2  # kept

              two in

            é 日本  # no comment
          mode: "shadow"

      """
    try check(text.replacing("\n", with: "\r\n"), text)
  }

  @Test func `a block scalar without a line break at its end gets a strip mark`() throws {
    try check(
      "version: 1\nrules:\n  - name: a\n    say: |\n      no end",
      "version: 1\n\nrules:\n  - name: a\n    say: |-\n      no end\n")
  }

  @Test func `a file of tests is formatted without its rules`() throws {
    try check(
      "tests:\n- expect: {rule: of another file}\n  name: t\n  given: {}\nversion: 1\n",
      "version: 1\n\ntests:\n  - name: t\n    given: {}\n    expect: { rule: of another file }\n")
  }

  @Test func `formatting a file with errors throws its diagnostics`() {
    let error = #expect(throws: RulesFormatterError.self) { try formatted("version: 1\nrulse: []\n") }
    #expect(error?.description.contains("rules.yaml:2:1: error: unknown key `rulse`") == true)
  }
}

/// Formats the text of a rules file.
func formatted(_ text: String) throws -> String {
  try RulesFormatter.format(SourceText(file: "rules.yaml", text: text), environment: [:], now: now)
}
