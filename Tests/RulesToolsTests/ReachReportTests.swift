import TestSupport
import Testing

@testable import RulesTools

@Suite struct ReachReportTests {
  @Test func `an example states only what differs from the defaults of an event`() throws {
    let report = try ReachReport(
      agent: "echo",
      in: rules(
        """
        version: 1
        access: { users: [alice] }
        agents: { echo: { type: echo } }
        rules:
          - { name: talk, when: { channel: dev, trigger: mention }, agent: echo }
        """))
    let example = #"{"user":"alice","channel":"dev","text":"@edgecrab hello"}"#
    #expect(report.text.contains("  example  \(example)\n"))
    #expect(
      report.json.hasSuffix(
        """
              "example": {
                "user": "alice",
                "channel": "dev",
                "text": "@edgecrab hello"
              }
            }
          ]
        }

        """))
  }
}
