import Foundation
import Sandbox
import TestSupport
import Testing

@testable import Gateway

/// People see all that will run, and no one can allow more than they may.
@Suite(
  .enabled(if: ACPProgram.isAvailable, "scripts/install-acp-sdk.sh could not install the SDK"), .timeLimit(.minutes(2)))
struct WholeQuestionTests {
  private let tests = PermissionTests()

  @Test func `a permission request shows what the agent said of the tool call before`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: tests.rules()) {
        let told = """
          {"told":[{"sessionUpdate":"tool_call","toolCallId":"c","title":"Run","rawInput":{}},\
          {"sessionUpdate":"tool_call_update","toolCallId":"c","rawInput":{"command":"rm -rf build","a":1}},\
          {"sessionUpdate":"tool_call_update","toolCallId":"c","locations":[{"path":"/x/y","line":3}],\
          "content":[{"type":"diff","path":"/x/y","oldText":"a\\nold\\nb\\n","newText":"a\\nnew\\nb\\n"}]}],\
          "call":{"toolCallId":"c","rawInput":{}}}
          """
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab ask \(told)")
        let question = try await tests.question(setting)
        #expect(
          question.message.hasPrefix(
            """
            @alice, the agent `coder` asks for permission to do this: `Run`

            ```
            /x/y:3
            ```

            ```diff
            --- /x/y
            +++ /x/y
            @@ -1,3 +1,3 @@
             a
            -old
            +new
             b
            ```

            ```
            {
              "a": 1,
              "command": "rm -rf build"
            }
            ```

            1. **No
            """), "\(question.message)")
      }
    }
  }

  @Test func `a permission request that is too long for a post has a file`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: tests.rules()) {
        let asked = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab huge \(Self.line)")
        let question = try await tests.question(setting)
        #expect(question.message.contains("**This is only the beginning.**"))
        #expect(question.files.keys.sorted() == ["what-it-asks.txt"])
        #expect(question.files["what-it-asks.txt"]?.contains(String(repeating: Self.line, count: 1024)) == true)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "yes", root: asked)
        try await tests.says(#"["once", null]"#, in: setting)
      }
    }
  }

  @Test func `a permission request is refused with a reason if the server accepts no file`() async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        call.target.hasPrefix("POST /api/v4/files")
          ? .answer("413 Too Large", body: #"{"id":"api.file.upload_file.too_large","message":"File too large."}"#)
          : .pass
      }
      try await setting.withGateway(through: relay, rules: tests.rules()) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab huge \(Self.line)")
        let why = PermissionTexts.fileRefused
        try await wait(for: "the agent and its asker to hear why") {
          let said = try await setting.said()
          return said.contains(#"["no", {"edgecrab": {"reason": "\#(why)"}}]"#)
            && said.contains {
              $0 == "@alice, the agent `coder` wanted permission for `run`. I refused, because \(why)."
            }
        }
        #expect(try await setting.said().count == 2)
      }
    }
  }

  @Test func `a permission request that is too large to be shown is refused`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: tests.rules()) {
        _ = try await setting.sandbox.post(
          as: "alice", in: "dev", "@edgecrab huge \(String(repeating: "x", count: 1_100))")
        try await wait(for: "the agent to hear no") {
          try await setting.said().contains {
            $0.contains("the request is larger than 1 MiB, the limit") && $0.hasPrefix(#"["no""#)
          }
        }
      }
    }
  }

  @Test func `a permanent yes is the last answer, and only a listed approver may give it`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: tests.rules(", approvers: [bob]")) {
        let asked = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit a")
        let question = try await tests.question(setting)
        #expect(
          question.message.contains(
            "1. **No, this time**: Reject\n2. **Yes, this time**: Allow once\n3. **Yes, from now on (listed approvers only)**: Always"
          ))
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "3", root: asked)
        try await tests.says(
          "@alice, that answer would hold permanently, so only an approver listed in the rules may choose it.",
          in: setting)
        try await setting.sandbox.react(to: question.id, as: "alice", with: "three")
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "3", root: asked)
        try await tests.says("always", in: setting)
      }
    }
  }

  @Test func `an agent that accepts only a permanent yes gets a no if no approver is listed`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: tests.rules(", approvers: '*'")) {
        let request = """
          {"call":{"toolCallId":"c","title":"Run"},"options":[{"optionId":"a","name":"Yes","kind":"allow_always"},\
          {"optionId":"r","name":"No","kind":"reject_once"}]}
          """
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab ask \(request)")
        try await tests.says(
          #"["r", {"edgecrab": {"reason": "\#(PermissionTexts.noListedApprover)"}}]"#, in: setting)
      }
    }
  }

  @Test func `a user who may not answer is told so once, and their number is no message to the agent`() async throws {
    try await Setting.with { setting in
      let rules = tests.rules().replacing("[mention, dm, command]", with: "[mention, dm, command, thread]")
      try await setting.withGateway(rules: rules) {
        let asked = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab permit a")
        let question = try await tests.question(setting)
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "2", root: asked)
        let notice = "@bob, you cannot answer this question: alice can, or one of the agent's approvers."
        try await tests.says(notice, in: setting)
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "yes", root: asked)
        try await setting.sandbox.react(to: question.id, as: "bob", with: "two")
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "2", root: asked)
        try await tests.says("once", in: setting)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab heard last")
        try await tests.says("alice: permit a | alice: heard last", in: setting)
        #expect(try await setting.said().count { $0 == notice } == 1)
      }
    }
  }

  private static let line = String(repeating: "0123456789", count: 2)
}
