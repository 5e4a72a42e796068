import Agents
import Testing

@testable import Gateway

@Suite struct ChosenOptionTests {
  private let question = PermissionRequest(
    agent: "coder", title: "t",
    options: [
      .init(name: "Reject", kind: .rejectOnce), .init(name: "Allow once", kind: .allowOnce),
      .init(name: "Always", kind: .allowAlways),
    ])

  @Test(
    arguments: [
      ("1", 0), ("2.", 1), (" #3 ", 2), ("allow once", 1), ("ALWAYS", 2), ("Yes!", 1), ("ok", 1), ("👍", 1),
      (":+1:", 1), (":three:", 2), ("no", 0), ("Deny.", 0), (":x:", 0), ("+1", 1), ("-1", 0),
    ])
  func `a text means an answer`(text: String, place: Int) { #expect(question.choice(by: text) == place) }

  @Test(arguments: [
    "", "0", "4", "+2", "12", "1 or 2", "yes but first look", "::", ":four:", "allow", "99999999999999999999",
  ])
  func `a text means no answer, or one that does not exist`(text: String) {
    #expect(question.choice(by: text) == (text == "allow" ? 1 : nil))
  }

  @Test func `a plain no is a no, whatever the agent calls its answers`() {
    let question = PermissionRequest(
      agent: "a", title: "t",
      options: [.init(name: "Yes", kind: .rejectOnce), .init(name: "No", kind: .allowOnce)])
    #expect(question.choice(by: "no") == 0 && question.choice(by: "yes") == 1)
  }
}
