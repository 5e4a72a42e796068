import Core
import Testing

@testable import Agents

@Suite struct RPCMessageTests {
  @Test func `a response may carry an error that is null`() {
    #expect(RPCMessage(#"{"id":1,"result":{"a":true},"error":null}"#.utf8) == .response(id: 1, ["a": true]))
    #expect(RPCMessage(#"{"id":2,"result":null}"#.utf8) == .response(id: 2, .null))
  }

  @Test func `an error may carry a result that is null`() {
    #expect(
      RPCMessage(#"{"id":1,"result":null,"error":{"code":-1,"message":"no"}}"#.utf8)
        == .error(id: 1, RPCError(code: -1, message: "no")))
  }
}
