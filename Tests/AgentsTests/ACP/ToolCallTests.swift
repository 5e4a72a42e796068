import Core
import Testing

@testable import Agents

@Suite struct ToolCallTests {
  private func update(_ id: String, _ more: JSON) -> JSON {
    guard case .object(let members) = more else { return more }
    return (["toolCallId": .string(id)] as JSON).appending(members)
  }

  @Test func `a request by an id alone is about all that was told of the call`() {
    var calls = ToolCallTracker()
    _ = calls.merge(update("a", ["title": "Run", "rawInput": ["command": "ls"], "status": "pending"]))
    _ = calls.merge(update("b", ["title": "Other"]))
    _ = calls.merge(update("a", ["rawInput": [:], "content": [], "status": "in_progress"]))
    let call = calls.call(of: update("a", ["title": "", "locations": [["path": "/x", "line": 2]]]))
    #expect(call?.title == "Run" && call?.status == "in_progress")
    #expect(call?.details == [.init("/x:2"), .init("{\n  \"command\": \"ls\"\n}")])
    #expect(calls.call(of: update("c", ["title": "new"]))?.title == "new")
  }

  @Test func `what is forgotten is not taken for nothing`() {
    var calls = ToolCallTracker()
    for number in 0...Limits.acpToolCallsMax { _ = calls.merge(update("\(number)", ["title": "t"])) }
    #expect(calls.call(of: update("0", ["title": "t"])) == nil)
    #expect(calls.call(of: update("0", ["rawInput": ["command": "ls"]])) == nil)
    #expect(calls.call(of: update("0", ["title": "t", "locations": [["path": "/x"]]])) == nil)
    #expect(calls.call(of: update("1", [:])) != nil)
    #expect(calls.call(of: update("never told", ["title": "t"]))?.title == "t")
    // Later updates do not complete it again.
    _ = calls.merge(update("0", ["sessionUpdate": "tool_call_update", "status": "in_progress"]))
    #expect(calls.call(of: update("0", ["title": "t"])) == nil)
    let large = JSON.string(String(repeating: "x", count: Limits.acpToolCallBytesMax))
    _ = calls.merge(update("large", ["rawInput": large]))
    #expect(calls.call(of: update("large", ["title": "t"])) == nil && calls.call(of: update("9", [:])) == nil)
  }

  @Test func `of more calls than even their ids are known, only those are known that begin`() {
    var calls = ToolCallTracker()
    let count = Limits.acpToolCallsMax + Limits.acpForgottenToolCallsMax + 1
    for number in 0..<count { _ = calls.merge(update("\(number)", ["title": "t"])) }
    #expect(calls.call(of: update("never told", ["title": "t"])) == nil)
    _ = calls.merge(update("new", ["sessionUpdate": "tool_call_update", "title": "t"]))
    #expect(calls.call(of: update("new", [:])) == nil)
    _ = calls.merge(update("newer", ["sessionUpdate": "tool_call", "title": "t"]))
    #expect(calls.call(of: update("newer", [:]))?.title == "t")
  }

  @Test func `a call under an id that is too long is not remembered, nor taken for another`() {
    var calls = ToolCallTracker()
    let id = String(repeating: "x", count: Limits.acpToolCallIDBytesMax + 1)
    #expect(calls.merge(update(id, ["title": "Run", "rawInput": ["command": "ls"]])).title == "Run")
    #expect(calls.call(of: update(id, ["title": "Run"])) == nil)
    #expect(calls.call(of: ["title": "Run"])?.title == "Run")
  }

  @Test func `a step has as much of a title as is shown, and no id that is too long`() {
    var reader = SessionUpdateReader(folder: SessionFolder(path: "/none"))
    let long = String(repeating: "x", count: 1_000_000)
    let parts = reader.read(["sessionUpdate": "tool_call", "toolCallId": .string(long), "title": .string(long)])
    let title = String(repeating: "x", count: Limits.stepScalarsShown)
    #expect(parts == [.step(AgentStep(id: "", title: title, state: .running))])
    let mode = reader.read(["sessionUpdate": "current_mode_update", "currentModeId": .string(long)])
    #expect(mode == [.step(AgentStep(id: "mode 1", title: "mode: \(title.dropLast(6))", state: .done))])
  }

  @Test func `everything that an agent shows of a call is a detail`() {
    var call = ToolCall()
    call.merge([
      "content": [
        ["type": "content", "content": ["type": "text", "text": "one"]],
        ["type": "content", "content": ["type": "image", "mimeType": "image/png", "data": "AAAA"]],
        ["type": "content", "content": ["type": "resource", "resource": ["uri": "file:///x", "text": "two"]]],
        ["type": "content", "content": ["type": "resource_link", "uri": "file:///y"]],
        ["type": "terminal", "terminalId": "t1"], ["type": "new", "z": 1, "a": "2"],
      ]
    ])
    #expect(
      call.details.map(\.text) == [
        "one", "[image/png, 4 characters of base64]", "two", #"{"type":"resource_link","uri":"file:///y"}"#,
        #"{"terminalId":"t1","type":"terminal"}"#, #"{"a":"2","type":"new","z":1}"#,
      ])
  }

  @Test func `a change of a file is shown as a diff, also if it has no path or changes nothing`() {
    var call = ToolCall()
    call.merge([
      "content": [
        ["type": "diff", "path": "/f", "oldText": "a\n", "newText": "b\n"],
        ["type": "diff", "path": "/f", "newText": "a\n"], ["type": "diff", "oldText": "a\n", "newText": "a\n"],
      ]
    ])
    #expect(
      call.diffs == [
        "--- /f\n+++ /f\n@@ -1,1 +1,1 @@\n-a\n+b", "--- /dev/null\n+++ /f\n@@ -0,0 +1,1 @@\n+a",
        "--- file\n+++ file\n(no change)",
      ])
  }
}
