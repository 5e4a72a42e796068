import Foundation
import Sandbox
import TestSupport
import Testing

/// Many conversations at once with the real gateway, each with a slow agent.
@Suite struct CrowdTests {
  private static let conversations = 200
  private static let messages = 5

  @Test(.timeLimit(.minutes(5)))
  func `two hundred conversations with slow agents get every answer, once and in order`() async throws {
    let endpoint = try SlowEndpoint(pause: .milliseconds(300))
    try await withSandbox(postsKept: 4 * Self.conversations * Self.messages) { sandbox in
      let home = try TemporaryFolder()
      _ = try home.write(
        """
        version: 1
        agents: { slow: { type: openai, base_url: "\(endpoint.url)", model: test } }
        rules:
          - { name: all, when: { trigger: mention }, agent: slow, session: thread }
        """, to: "rules.yaml")
      let gateway = try EdgecrabProcess(
        ["gateway", "start"],
        environment: [
          "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken,
        ])
      try await sandbox.waitForConnection(within: patience)
      let before = gateway.memory("VmRSS")
      try await ask(sandbox)
      try await wait(for: "all answers", within: .seconds(120), every: .milliseconds(500)) {
        try await answers(in: sandbox).count >= Self.conversations * Self.messages
      }
      // Duplicates would come before the answer to a later message.
      let last = try await sandbox.post(as: "alice", in: "dev", "@edgecrab the end")
      _ = try await sandbox.nextPost(after: last, within: patience) { $0.rootID == last }
      let memoryMax = gateway.memory("VmHWM")
      gateway.terminate()
      #expect(try await gateway.ended().status == 0)
      let conversations = try await answersByConversation(in: sandbox)
      for (conversation, heard) in conversations.sorted(by: { $0.key < $1.key }) {
        #expect(heard == Self.wanted(conversation), "in conversation \(conversation)")
      }
      #expect(conversations.count == Self.conversations)
      for conversation in 0..<Self.conversations {
        let asked = endpoint.asked.filter { $0.hasPrefix("c\(conversation) ") }
        #expect(asked == (0..<Self.messages).map { "c\(conversation) m\($0)" })
      }
      print(
        "\(Self.conversations) conversations, \(Self.conversations * Self.messages) messages, at most "
          + "\(endpoint.mostAtOnce) answers at once: \(before) MB before, \(memoryMax) MB at most")
    }
  }

  private static func wanted(_ conversation: Int) -> [String] {
    (0..<messages).map { "I heard c\(conversation) m\($0)." }
  }

  /// The first message of each conversation opens its thread; the others are replies.
  private func ask(_ sandbox: SandboxServer) async throws {
    var roots: [String] = []
    for conversation in 0..<Self.conversations {
      roots.append(try await sandbox.post(as: "alice", in: "dev", "@edgecrab c\(conversation) m0"))
    }
    for message in 1..<Self.messages {
      for (conversation, root) in roots.enumerated() {
        _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab c\(conversation) m\(message)", root: root)
      }
    }
  }

  /// Returns the agent's posts, in order.
  private func answers(in sandbox: SandboxServer) async throws -> [SandboxPost] {
    try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" && $0.message.hasPrefix("I heard c") }
  }

  /// Returns the agent's posts in each conversation's thread, in order.
  private func answersByConversation(in sandbox: SandboxServer) async throws -> [Int: [String]] {
    let roots = try await Dictionary(
      uniqueKeysWithValues: sandbox.posts(in: "dev").filter { $0.message.hasSuffix(" m0") && $0.rootID == nil }
        .compactMap { post in post.message.firstMatch(of: /c(\d+) m0/).flatMap { Int($0.1) }.map { (post.id, $0) } })
    return Dictionary(grouping: try await answers(in: sandbox)) { roots[$0.rootID ?? ""] ?? -1 }.mapValues {
      $0.map(\.message)
    }
  }
}
