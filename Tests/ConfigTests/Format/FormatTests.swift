import ConfigLoader
import Testing

@Suite struct FormatTests {
  private func check(_ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try formatted(text) == expected, sourceLocation: sourceLocation)
    #expect(try formatted(expected) == expected, sourceLocation: sourceLocation)
  }

  @Test func `keys stand in the order of the reference, and their comments go with them`() throws {
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

  @Test func `rules of several lines stand apart, short ones as they are`() throws {
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

  @Test func `brackets that are too long for a line, or hold a comment, become lines`() throws {
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

  @Test func `an alias stays below its anchor`() throws {
    try check(
      "version: 1\ntests: [{ name: &t hi, given: { author: own }, expect: { rule: none } }]\nrules: [{ say: *t, name: x }]\n",
      "version: 1\ntests: [{ name: &t hi, given: { author: own }, expect: { rule: none } }]\nrules: [{ name: x, say: *t }]\n"
    )
    try check(
      "rules:\n  - when: &w { trigger: dm }\n    say: &s no\n    name: a\n  - { say: *s, when: *w, name: b }\nversion: 1\n",
      "version: 1\n\nrules:\n  - name: a\n    when: &w { trigger: dm }\n    say: &s no\n\n  - { name: b, when: *w, say: *s }\n"
    )
    // Of two anchors of one name, the alias means the last above it: here another order would mean the other.
    try check(
      "version: 1\nrules:\n  - { say: &s hi, name: &s a }\n  - { name: b, say: *s }\n",
      "version: 1\nrules:\n  - { say: &s hi, name: &s a }\n  - { name: b, say: *s }\n".replacing(
        "version: 1\n", with: "version: 1\n\n"))
  }

  @Test func `texts stay as they are written`() throws {
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

  @Test func `a text without a line break at its end gets none`() throws {
    try check(
      "version: 1\nrules:\n  - name: a\n    say: |\n      no end",
      "version: 1\n\nrules:\n  - name: a\n    say: |-\n      no end\n")
  }

  @Test func `a file of tests is laid out without its rules`() throws {
    try check(
      "tests:\n- expect: {rule: of another file}\n  name: t\n  given: {}\nversion: 1\n",
      "version: 1\n\ntests:\n  - name: t\n    given: {}\n    expect: { rule: of another file }\n")
  }

  @Test func `a file with errors shows them`() {
    let error = #expect(throws: RulesFormatterError.self) { try formatted("version: 1\nrulse: []\n") }
    #expect(error?.description.contains("rules.yaml:2:1: error: unknown key `rulse`") == true)
  }

  @Test func `a difference is shown with three lines around it`() {
    let old = (1...20).map { "\($0)\n" }.joined()
    #expect(
      LineDiff.unified(old, old.replacing("9\n", with: "nine\n").replacing("20\n", with: ""), file: "f") == """
        --- f
        +++ f
        @@ -6,7 +6,7 @@
         6
         7
         8
        -9
        +nine
         10
         11
         12
        @@ -16,5 +16,4 @@
         16
         17
         18
        -19
        -20
        +1nine

        """)
    #expect(LineDiff.unified(old, old, file: "f") == "")
  }
}
