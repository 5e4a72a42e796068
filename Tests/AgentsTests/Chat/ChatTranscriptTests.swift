import Core
import Foundation
import RuleEngine
import TestSupport
import Testing

@testable import Agents

struct ChatTranscriptTests {
  private let settings = ChatSettings(baseURL: "http://x/v1", model: "m", system: "Be brief.")
  private let history = [
    HistoryEntry(speaker: "alice", message: "one", answer: "1"),
    HistoryEntry(speaker: "alice", message: "interrupted", answer: nil),
  ]

  private func talk(_ request: AgentRequest) async -> ChatTranscript { await ChatTranscript(request, logger: .silent) }

  private func read(_ json: JSON) throws -> NSDictionary {
    try #require(JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? NSDictionary)
  }

  @Test func `a transcript holds the history and the message in turns`() async {
    let talk = await talk(AgentRequest(history: history, message: "two", speaker: "alice", sessionID: "s"))
    #expect(talk.turns.map(\.role) == [.user, .assistant, .user])
    #expect(talk.turns.map(\.contents) == [[.text("one")], [.text("1")], [.text("interrupted\n\ntwo")]])
  }

  @Test func `the context comes before the message`() async {
    let said = [ChatMessage(speaker: "bob", text: "it is red"), ChatMessage(speaker: "edgecrab", text: "really?")]
    let request = AgentRequest(
      history: [HistoryEntry(speaker: "alice", message: "one", answer: "1")], context: said, message: "why?",
      speaker: "alice", sessionID: "s")
    let text = "[Earlier messages here, for context]\nbob: it is red\nedgecrab: really?\n\nwhy?"
    #expect(await talk(request).turns.last?.contents == [.text(text)])
  }

  @Test func `a shared conversation names the authors`() async {
    let request = AgentRequest(
      history: [
        HistoryEntry(speaker: "alice", message: "hi", answer: "hello"),
        HistoryEntry(speaker: "bob", message: "wait", answer: nil),
      ], message: "go on", speaker: "carol.o-brien", isShared: true, sessionID: "s")
    #expect(
      await talk(request).turns.flatMap(\.contents) == [
        .text("alice: hi"), .text("hello"), .text("bob: wait\n\ncarol.o-brien: go on"),
      ])
  }

  @Test func `a transcript has the form of OpenAI's API`() async throws {
    let request = AgentRequest(message: "é \"quoted\"\n", speaker: "alice", sessionID: "s")
    var settings = settings
    (settings.temperature, settings.maxTokens) = ("0.7", 100)
    let wanted: NSDictionary = [
      "model": "m", "stream": true, "stream_options": ["include_usage": true], "temperature": 0.7, "max_tokens": 100,
      "messages": [
        ["role": "system", "content": "Be brief."], ["role": "user", "content": "é \"quoted\"\n"],
      ],
    ]
    #expect(try await read(OpenAI.body(talk(request), settings)) == wanted)
  }

  @Test func `a transcript has the form of Anthropic's API, with cache marks on its stable part`() async throws {
    let request = AgentRequest(history: history, message: "two", speaker: "alice", sessionID: "s")
    let cached = ["type": "ephemeral"]
    let wanted: NSDictionary = [
      "model": "m", "stream": true, "max_tokens": ChatAPI.anthropicMaxTokens,
      "system": [["type": "text", "text": "Be brief.", "cache_control": cached]],
      "messages": [
        ["role": "user", "content": [["type": "text", "text": "one"]]],
        ["role": "assistant", "content": [["type": "text", "text": "1", "cache_control": cached]]],
        ["role": "user", "content": [["type": "text", "text": "interrupted\n\ntwo"]]],
      ],
    ]
    #expect(try await read(Anthropic.body(talk(request), settings)) == wanted)
  }

  @Test func `keys of the rules file's body are sent`() async throws {
    var settings = settings
    settings.body = [
      BodyValue.Member(key: "top_p", value: .number("0.9")),
      BodyValue.Member(key: "user", value: .map([.init(key: "id", value: .text(Secret("s"), written: "${S}"))])),
    ]
    let talk = await talk(AgentRequest(message: "hi", speaker: "alice", sessionID: "s"))
    for body in [OpenAI.body(talk, settings), Anthropic.body(talk, settings)] {
      let sent = try read(body)
      #expect(sent["top_p"] as? Double == 0.9 && sent["user"] as? [String: String] == ["id": "s"])
      #expect(sent["model"] as? String == "m")
    }
  }

  @Test func `the rules file's body can remove or replace stream_options`() async throws {
    var settings = settings
    settings.body = [BodyValue.Member(key: "stream_options", value: .null)]
    let talk = await talk(AgentRequest(message: "hi", speaker: "alice", sessionID: "s"))
    #expect(try read(OpenAI.body(talk, settings))["stream_options"] == nil)
    settings.body = [.init(key: "stream_options", value: .map([.init(key: "other", value: .bool(true))]))]
    #expect(try read(OpenAI.body(talk, settings))["stream_options"] as? [String: Bool] == ["other": true])
  }

  /// Returns a request with files of the given contents, in a folder of its own.
  private func request(_ files: [(AttachedFile, [UInt8])], in folder: TemporaryFolder) -> AgentRequest {
    let contents = Dictionary(files.map { ($0.id, $1) }) { first, _ in first }
    let services = TestContext(
      folder: SessionFolder(path: folder.path("f")),
      file: {
        (file, folder) async throws(AttachmentFailure) in
        guard let bytes = contents[file.id] else { throw AttachmentFailure(.unavailable, file: file.name) }
        do throws(FolderError) {
          try folder.create()
          let descriptor = try folder.open(file.id, forWriting: true)
          defer { close(descriptor) }
          _ = write(descriptor, bytes, bytes.count)
          return file.id
        } catch {
          throw AttachmentFailure(.notWritten, file: file.name, detail: "\(error)")
        }
      })
    return AgentRequest(message: "look", speaker: "alice", sessionID: "s", files: files.map(\.0), services: services)
  }

  private func file(_ id: String, _ type: String, _ size: Int) -> AttachedFile {
    AttachedFile(id: id, name: "\(id).x", mediaType: type, size: size)
  }

  @Test func `images and texts are sent, and other files are named`() async throws {
    let files: [(AttachedFile, [UInt8])] = [
      (file("photo", "image/jpeg", 4), [0x89, 0x50, 0x4E, 0x47]),
      (file("notes", "text/markdown", 5), Array("# Hi\n".utf8)),
      (file("fake", "image/png", 1), [1]), (file("film", "video/mp4", 9), [1]),
      (file("latin", "text/plain", 1), [0xE9]),
      (file("huge", "text/plain", Limits.textFileBytesMax + 1), [1]),
    ]
    let request = request(files, in: try TemporaryFolder())
    let talk = await talk(request)
    #expect(
      talk.turns.map(\.contents) == [
        [
          .text(
            "look\n\n[Files: fake.x (image/png, 1 byte), film.x (video/mp4, 9 bytes), latin.x (text/plain, 1 byte), "
              + "huge.x (text/plain, 262,145 bytes)]"),
          .image(mediaType: "image/png", base64: "iVBORw=="), .text("[notes.x (text/markdown, 5 bytes)]\n# Hi\n"),
        ]
      ])
    let openAI = try read(OpenAI.body(talk, settings))["messages"] as? [NSDictionary]
    let parts = try #require(openAI?.last?["content"] as? [NSDictionary])
    #expect(parts[1] == ["type": "image_url", "image_url": ["url": "data:image/png;base64,iVBORw=="]])
    let anthropic = try read(Anthropic.body(talk, settings))["messages"] as? [NSDictionary]
    let blocks = try #require(anthropic?.last?["content"] as? [NSDictionary])
    #expect(
      blocks[1] == ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "iVBORw=="]])
  }

  @Test func `a message with only text files is sent as a string`() async throws {
    let request = request([(file("notes", "text/plain", 2), Array("hi".utf8))], in: try TemporaryFolder())
    let messages = try await read(OpenAI.body(talk(request), ChatSettings(baseURL: "", model: "m")))["messages"]
    #expect(
      messages as? [NSDictionary] == [["role": "user", "content": "look\n\n[notes.x (text/plain, 2 bytes)]\nhi"]])
  }

  @Test func `a file that cannot be downloaded is named`() async {
    var request = AgentRequest(message: "look", speaker: "alice", sessionID: "s")
    request.files = [file("photo", "image/png", 3)]
    #expect(await talk(request).turns.first?.contents == [.text("look\n\n[File: photo.x (image/png, 3 bytes)]")])
  }
}
