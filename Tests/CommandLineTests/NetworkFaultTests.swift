import Sandbox
import TestSupport
import Testing

/// The real program on a network that drops everything for a while.
@Suite(.enabled(if: NetworkNamespace.obstacle == nil, "\(NetworkNamespace.obstacle ?? "")"))
struct NetworkFaultTests {
  @Test(.timeLimit(.minutes(3)))
  func `a broken connection is detected by silence, and messages and answers meanwhile arrive once`()
    async throws
  {
    let network = try NetworkNamespace()
    let rules = try TemporaryFolder()
    let path = try rules.write(
      """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: all, when: { trigger: mention }, agent: echo, session: thread }
      """, to: "rules.yaml")
    let sandbox = try await SandboxServer.start(host: network.address, logger: .silent)
    let gateway = try EdgecrabProcess(
      ["gateway", "start", "--rules", path, "--ping", "1"],
      environment: ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken],
      // `ip netns exec` replaces itself by the program, so that signals reach it.
      through: network.command)
    try await gateway.says("Connected.")
    func ask(_ text: String) async throws { try await sandbox.post(as: "alice", in: "dev", "@edgecrab \(text)") }
    func hasAnswered(_ text: String) async throws {
      _ = try await sandbox.nextPost(within: patience) { $0.author == "edgecrab" && $0.message == text }
    }
    try await ask("before")
    try await hasAnswered("before")

    // The answer to this one is in transit when the network fails.
    await sandbox.misbehave(.posting(.failing, count: 4))
    try await ask("caught")
    try await gateway.says("not posted yet")
    try network.silence()
    try await ask("meanwhile")
    try await gateway.says("it does not even answer a ping")
    try network.restore()

    try await hasAnswered("caught")
    try await hasAnswered("meanwhile")
    try await ask("after")
    try await hasAnswered("after")
    gateway.terminate()
    #expect(try await gateway.ended().status == 0)
    let said = try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }.map(\.message)
    #expect(said.sorted() == ["after", "before", "caught", "meanwhile"])
    await sandbox.stop()
  }
}
