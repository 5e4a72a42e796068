import Sandbox
import TestSupport
import Testing

/// Issue 11, no. 20. What cannot be read is passed over, and what cannot be had holds up nothing else.
@Suite struct UnreadablePostTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: all, when: { trigger: [mention, dm] }, agent: echo, session: channel }
    """

  @Test(.timeLimit(.minutes(1)), arguments: [PostFlaw.nestedProps(depth: 600), .brokenProps, .null])
  func `missed and live, what stands around it is answered`(flaw: PostFlaw) async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab before")
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab flawed", flaw: flaw)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab behind")
      try await sandbox.post(as: "bob", in: "@edgecrab", "in private")
      try await setting.withGateway(rules: Self.rules) {
        try await setting.hasSaid("behind", times: 1)
        try await wait(for: "the direct message's answer") {
          try await setting.said(in: "@edgecrab", as: "bob") == ["in private"]
        }
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab flawed", flaw: flaw)
        try await setting.ask("@edgecrab live")
        try await setting.hasSaid("live", times: 1)
      }
      // Of the props, nobody misses what lies so deep.
      let flawed = if case .nestedProps = flaw { ["flawed"] } else { [String]() }
      #expect(try await setting.said() == ["first", "before"] + flawed + ["behind"] + flawed + ["live"])
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a channel that cannot be read holds up no other`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      await sandbox.misbehave(.failingChannel(try await sandbox.channelID("dev")))
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab not to be had")
      try await sandbox.post(as: "alice", in: "ops", "@edgecrab over here")
      try await sandbox.post(as: "bob", in: "@edgecrab", "in private")
      try await setting.withGateway(rules: Self.rules) {
        try await wait(for: "the answers elsewhere") {
          let said = try await setting.said(in: "ops", as: "alice") + setting.said(in: "@edgecrab", as: "bob")
          return said == ["over here", "in private"]
        }
        try await setting.ask("@edgecrab live")
      }
      #expect(try await setting.said() == ["first", "live"])
    }
  }
}
