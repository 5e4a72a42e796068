import Agents
import Core
import RuleEngine
import Sessions
import Testing

@testable import Gateway

/// Payloads that earlier versions have stored.
@Suite struct StoredPayloadTests {
  private let target = """
    {"channel":"c","root":"r","opening":"@alice","maxLength":4000,"recipient":"u","voice":"agent",
     "asked":{"post":"p","milliseconds":17,"asker":"u","channelName":"dev"}}
    """

  @Test func `the target of a stored reply keeps its form`() throws {
    let read = try #require(ReplyTarget(payload: target))
    #expect(read.channel == "c" && read.root == "r" && read.recipient == "u" && read.author == .agent)
    #expect(read.question == ReplyTarget.Question(post: "p", milliseconds: 17, asker: "u", channelName: "dev"))
    #expect(ReplyTarget(payload: read.payload) == read)
    for key in [#""asked":"#, #""voice":"agent""#] { #expect(read.payload.contains(key)) }
  }

  @Test func `a stored turn keeps its form`() throws {
    let payload = """
      {"post":"p@17","user":"u","speaker":"alice","message":"hi","agent":"a","session":{"scope":"channel"},
       "busy":{"mode":"queue","max":3},"target":\(target),"isRetry":false,"manners":{"streams":true,"reacts":false}}
      """
    let turn = try #require(PendingTurn(payload: payload))
    #expect(turn.claim == Claim(post: "p", editedAt: 17) && turn.user == "u")
    #expect(turn.replyOptions == PendingTurn.ReplyOptions(streams: true, reactions: .off))
    #expect(turn.post == "p" && turn.origin == nil && turn.files == nil)
  }

  @Test(arguments: [
    #""reacts":true}"#, #""reacts":false}"#, #""reacts":"all"}"#,
  ])
  func `a turn is written as it was read`(reactions: String) throws {
    let payload = """
      {"post":"p@17","user":"u","speaker":"alice","message":"say \\"hi\\"\\u2028\\u0007","isAgentCommand":true,"agent":"a",
       "session":{"scope":"thread","idleSeconds":60,"turns":3,"context":20},"busy":{"mode":"steer","max":3},
       "target":\(target),"isRetry":true,"origin":{"post":"p","thread":"","channel":"c","channelName":"dev","user":"u",
       "userName":"alice"},"files":[{"id":"f","name":"a.txt","mediaType":"text/plain","size":7}],
       "manners":{"streams":true,\(reactions)}
      """
    let turn = try #require(PendingTurn(payload: payload))
    #expect(turn.session.idleSeconds == 60 && turn.origin?.channelName == "dev" && turn.files?.first?.size == 7)
    #expect(PendingTurn(payload: turn.payload) == turn)
  }

  @Test(arguments: ["p", "p@17", "p@x"])
  func `a claim is written as it was read`(text: String) {
    #expect(Claim(text: text).text == text)
  }

  @Test(
    arguments: [
      ("p-0", "p"), ("p@17-3", "p@17"), ("p-file", "p"), ("p-files-1+", "p"), ("p-0++", "p"), ("p-waits-0", nil),
      ("p-gone-1", nil), ("p", nil), ("-0", nil),
    ] as [(String, Claim?)])
  func `a mark names the claim whose answer its post is a part of`(mark: String, claim: Claim?) {
    #expect(ChunkMark.claim(in: mark) == claim)
  }
}
