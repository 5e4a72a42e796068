import ConfigLoader
import Testing

/// What a server says of a file's names becomes findings, each where the name first stands.
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

  @Test func `each is found where it first stands, with the nearest or with what to do`() {
    let asked = load().asked(unknown: [
      UnknownName(.user, "bob", .unknown(nearest: nil)), UnknownName(.user, "dan", .unknown(nearest: "dean")),
      UnknownName(.channel, "help", .notJoined), UnknownName(.channel, "dve", .archived),
      UnknownName(.team, "acem", .unknown(nearest: "acme")),
    ])
    #expect(asked.rules == nil)
    #expect(
      asked.report == """
        rules.yaml:2:26: error: the server knows no user `bob` [E0601]
          access: { users: ["@ann, bob", eve] }
                                   ^~~
        rules.yaml:4:27: error: the server knows no user `dan`; did you mean `dean`? [E0601]
          groups: { desk: { users: [dan], channels: [help] } }
                                    ^~~
        rules.yaml:4:44: error: the bot is not in the channel `help`, so it hears nothing there [E0601]
          groups: { desk: { users: [dan], channels: [help] } }
                                                     ^~~~
          help: add the bot to the channel
        rules.yaml:7:57: error: the channel `dve` is archived, so nobody can post there [E0601]
          … channel: ["group:desk", ~dve], team: acem, trigger: [dm, mention] }
                                    ^~~~
          help: restore the channel, or take its name out of the file
        rules.yaml:7:70: error: the bot is in no team `acem`; did you mean `acme`? [E0601]
          …roup:desk", ~dve], team: acem, trigger: [dm, mention] }
                                    ^~~~

        """, "\(asked.report)")
  }

  @Test func `where the server knows all, nothing changes`() {
    let loaded = load()
    #expect(loaded.asked(unknown: []).diagnostics == loaded.diagnostics)
    #expect(loaded.asked(unknown: []).rules == loaded.rules)
  }

  @Test func `without places, which are kept for this only, a finding stands at the begin`() {
    let finding = load(notesNames: false).findings(of: [UnknownName(.user, "bob", .unknown(nearest: nil))]).first
    #expect(finding?.span.start == SourcePosition(line: 1, column: 1))
  }
}
