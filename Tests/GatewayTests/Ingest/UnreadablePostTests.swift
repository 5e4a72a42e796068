import Sandbox
import TestSupport
import Testing

/// Posts and channels that cannot be read.
@Suite struct UnreadablePostTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: all, when: { trigger: [mention, dm] }, agent: echo, session: channel }
    """

  @Test(.timeLimit(.minutes(1)), arguments: [PostFault.nestedProps(depth: 600), .brokenProps, .null])
  func `the posts around an unreadable one are answered, missed and live`(flaw: PostFault) async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab before")
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab flawed", fault: flaw)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab behind")
      try await sandbox.post(as: "bob", in: "@edgecrab", "in private")
      try await setting.withGateway(rules: Self.rules) {
        try await setting.hasSaid("behind", times: 1)
        try await wait(for: "the direct message's answer") {
          try await setting.said(in: "@edgecrab", as: "bob") == ["in private"]
        }
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab flawed", fault: flaw)
        try await setting.ask("@edgecrab live")
        try await setting.hasSaid("live", times: 1)
      }
      // Props that deep are not needed.
      let flawed = if case .nestedProps = flaw { ["flawed"] } else { [String]() }
      #expect(try await setting.said() == ["first", "before"] + flawed + ["behind"] + flawed + ["live"])
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a channel that cannot be read delays no other`() async throws {
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

  /// Channels with nothing to read, between the unreadable ones, do not count as read.
  @Test(.timeLimit(.minutes(1))) func `a pass ends after three unreadable channels in a row`() async throws {
    try await Setting.with(rooms: 9) { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      var ids: [String] = []
      for number in [1, 3, 5, 7, 9] {
        ids.append(try await sandbox.channelID("room-\(number)"))
        await sandbox.misbehave(.failingChannel(ids[ids.count - 1]))
        try await sandbox.post(as: "alice", in: "room-\(number)", "@edgecrab not to be had")
      }
      let relay = try InterceptingProxy(before: sandbox.url) { _, _ in .pass }
      try await setting.withGateway(through: relay, rules: Self.rules) {
        try await wait(for: "another pass") {
          let asked = relay.calls("GET /api/v4/channels/").compactMap { call in
            ids.firstIndex { call.target.contains($0) }
          }
          guard let last = asked.firstIndex(of: 2) else { return false }
          return asked[last...].contains(0)
        }
        let asked = relay.calls("GET /api/v4/channels/")
        #expect(ids.map { id in asked.contains { $0.target.contains(id) } } == [true, true, true, false, false])
      }
    }
  }
}
