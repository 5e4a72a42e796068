import Foundation
import Sandbox
import TestSupport
import Testing

@testable import Gateway

/// The visible activity of an agent, of whose answer nothing is lost.
@Suite(
  .enabled(if: ACPProgram.isAvailable, "scripts/install-acp-sdk.sh could not install the SDK"), .timeLimit(.minutes(2)))
struct AgentWorkTests {
  private let tests = PermissionTests()

  private func shows(_ text: String, in setting: Setting) async throws {
    try await wait(for: "the bot to show `\(text)`") { try await setting.said().last == text }
  }

  @Test func `an agent's steps, plan and thoughts are shown while it works, and summarized in the answer`() async throws
  {
    try await Setting.with { setting in
      try await setting.withGateway(rules: tests.rules(busy: "steer")) {
        let told = """
          {"wait":true,"updates":[\
          {"sessionUpdate":"plan","entries":[{"content":"look","priority":"high","status":"completed"},\
          {"content":"[fix](http://e.test) @all","priority":"low","status":"in_progress"}]},\
          {"sessionUpdate":"tool_call","toolCallId":"a","title":"Read `x`","status":"pending"},\
          {"sessionUpdate":"tool_call_update","toolCallId":"a","status":"completed"},\
          {"sessionUpdate":"tool_call","toolCallId":"b","title":"npm test","status":"in_progress"},\
          {"sessionUpdate":"tool_call_update","toolCallId":"b","status":"failed"},\
          {"sessionUpdate":"tool_call","toolCallId":"c","title":"![p](http://e.test/p.png) @channel"},\
          {"sessionUpdate":"agent_thought_chunk","content":{"type":"text","text":"It may be "}},\
          {"sessionUpdate":"agent_thought_chunk","content":{"type":"text","text":"@bob"}}]}
          """
        let asked = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab tell \(told)")
        let plan = "- ✓ look\n- ▸ [fix]\u{2060}(http:\u{2060}//e.test) @\u{2060}all"
        try await shows(
          """
          \(plan)
          ✓ `Read 'x'`
          ✗ `npm test`
          … `![p](http://e.test/p.png) @\u{2060}channel`
          … It may be @\u{2060}bob
          """, in: setting)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab say Done.", root: nil)
        try await shows("Done.\n\n\(plan)\n\n(3 steps: 1 ✓, 1 ✗ `npm test`, 1 not finished)", in: setting)
        let posts = try await setting.sandbox.posts(in: "dev", as: "alice")
        #expect(
          posts.filter { $0.author == "edgecrab" }.allSatisfy { $0.rings.isEmpty } && posts.contains { $0.id == asked })
      }
    }
  }

  @Test func `a file's change is shown as a diff once it is made`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: tests.rules()) {
        let told = """
          {"updates":[{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"I edit."}},\
          {"sessionUpdate":"tool_call","toolCallId":"a","title":"Edit x","content":\
          [{"type":"diff","path":"x","oldText":"```\\n","newText":"new\\n"}]},\
          {"sessionUpdate":"tool_call_update","toolCallId":"a","status":"completed"},\
          {"sessionUpdate":"tool_call","toolCallId":"b","title":"Edit y","content":\
          [{"type":"diff","path":"y","oldText":"","newText":"no\\n"}],"status":"failed"},\
          {"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"Done."}}]}
          """
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab tell \(told)")
        try await shows(
          """
          I edit.

          ````diff
          --- x
          +++ x
          @@ -1,1 +1,1 @@
          -```
          +new
          ````

          Done.

          (2 steps: 1 ✓, 1 ✗ `Edit y`)
          """, in: setting)
      }
    }
  }

  @Test func `content that is not text is attached, or named`() async throws {
    try await Setting.with { setting in
      let rules = tests.rules().replacing("stream: true", with: "stream: false")
      try await setting.withGateway(rules: rules) {
        let told = """
          {"updates":[{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"Here."}},\
          {"sessionUpdate":"agent_message_chunk","content":{"type":"image","mimeType":"image/png","data":"aGVsbG8="}},\
          {"sessionUpdate":"agent_message_chunk","content":{"type":"audio","mimeType":"audio/wav","data":"c291bmQ="}},\
          {"sessionUpdate":"agent_message_chunk","content":{"type":"resource","resource":{"uri":"file:///a/%2e%2e/n.md","text":"# hi"}}},\
          {"sessionUpdate":"agent_message_chunk","content":{"type":"resource","resource":{"uri":"x:","blob":"YmxvYg=="}}},\
          {"sessionUpdate":"agent_message_chunk","content":{"type":"image","mimeType":"image/png","data":"!"}},\
          {"sessionUpdate":"agent_message_chunk","content":{"type":"resource_link","name":"n","uri":"https://e.test/x"}},\
          {"sessionUpdate":"agent_message_chunk","content":{"type":"hologram"}},\
          {"sessionUpdate":"tool_call","toolCallId":"a","title":"draw","status":"completed",\
          "content":[{"type":"content","content":{"type":"image","mimeType":"image/jpeg","data":"ZHJhd24="}}]}]}
          """
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab tell \(told)")
        try await wait(for: "the files") {
          try await setting.sandbox.posts(in: "dev").contains { !$0.files.isEmpty }
        }
        let posts = try await setting.sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }
        #expect(
          posts.first?.message == """
            Here.

            (The agent sent an image that cannot be read)

            (The agent links to `n`, `https://e.test/x`)

            (The agent sent something that I cannot show: `hologram`)
            """)
        #expect(
          posts.last?.files == [
            "image-1.png": "hello", "audio-2.wav": "sound", "n.md": "# hi", "file-4.bin": "blob",
            "image-5.jpg": "drawn",
          ])
      }
    }
  }

  @Test func `an answer without text says which steps were made`() async throws {
    try await Setting.with { setting in
      let rules = tests.rules().replacing("stream: true", with: "stream: false")
      try await setting.withGateway(rules: rules) {
        let told = #"{"updates":[{"sessionUpdate":"tool_call","toolCallId":"a","title":"t","status":"completed"}]}"#
        let answer = try await setting.ask("@edgecrab tell \(told)")
        #expect(answer.message == "(1 step: 1 ✓)")
      }
    }
  }
}
