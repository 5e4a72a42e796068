import ConfigLoader
import TestSupport
import Testing

/// The errors of names that the server does not have, at their first position.
@Suite struct UnknownNameTests {
  private static let yaml = """
    version: 1
    access: { users: ["@ann, bob", eve] }
    agents: { echo: { type: echo } }
    groups: { desk: { users: [dan], channels: [help] } }
    rules:
      - name: desk
        when: { user: "group:desk", channel: ["group:desk", ~dve], team: acem, trigger: [dm, mention] }
        agent: echo
      - { name: again, when: { user: dan, trigger: [dm, mention] }, agent: echo }
    """

  private func load(notesNames: Bool = true) -> LoadedRules {
    RulesFile.load(
      SourceText(file: "rules.yaml", text: Self.yaml), environment: [:], now: 0, zone: "UTC", notesNames: notesNames)
  }

  @Test func `an unknown name is an error at its first position, with the nearest name or a remedy`() {
    let asked = load().adding([
      UnknownName(.user, "bob", .unknown(nearest: nil)), UnknownName(.user, "dan", .unknown(nearest: "dean")),
      UnknownName(.channel, "help", .notJoined), UnknownName(.channel, "dve", .archived),
      UnknownName(.team, "acem", .unknown(nearest: "acme")),
    ])
    #expect(asked.rules == nil)
    #expect(
      asked.report == """
        rules.yaml:2:26: error: the server has no user `bob` [E0601]
          access: { users: ["@ann, bob", eve] }
                                   ^~~
        rules.yaml:4:27: error: the server has no user `dan`; did you mean `dean`? [E0601]
          groups: { desk: { users: [dan], channels: [help] } }
                                    ^~~
        rules.yaml:4:44: error: the bot is not in the channel `help`, so it receives nothing from it [E0601]
          groups: { desk: { users: [dan], channels: [help] } }
                                                     ^~~~
          help: add the bot to the channel
        rules.yaml:7:57: error: the channel `dve` is archived, so no one can post there [E0601]
          … channel: ["group:desk", ~dve], team: acem, trigger: [dm, mention] }
                                    ^~~~
          help: restore the channel, or remove its name from the file
        rules.yaml:7:70: error: the bot is not in a team `acem`; did you mean `acme`? [E0601]
          …roup:desk", ~dve], team: acem, trigger: [dm, mention] }
                                    ^~~~

        """, "\(asked.report)")
  }

  @Test func `rules without unknown names are unchanged`() {
    let loaded = load()
    #expect(loaded.adding([UnknownName]()).diagnostics == loaded.diagnostics)
    #expect(loaded.adding([UnknownName]()).rules == loaded.rules)
  }

  @Test func `without recorded positions, the errors are at the start of the file`() {
    let diagnostic = load(notesNames: false).diagnostics(of: [UnknownName(.user, "bob", .unknown(nearest: nil))]).first
    #expect(diagnostic?.span.start == SourcePosition(line: 1, column: 1))
  }
}
