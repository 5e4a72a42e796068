import Foundation
import TestSupport

/// Frames of posts as a server recorded them, each a post of its own.
struct PostFrames {
  /// The greeting that comes first.
  let hello: String
  private let chatter: String
  private let mention: String
  private var sequence = 0
  private static let words = [
    "the build is green again", "who has looked at the parser?", "lunch?", "I have pushed the fix to the branch",
    "can somebody review this before noon, please? It touches the migration and the way we count retries",
  ]

  /// How many channels the posts stand in.
  static let channels = 1_000

  init() throws {
    let frames = try Recording.frames("events")
    func frame(_ step: String) throws -> String {
      guard let found = frames.first(where: { $0.step == step }) else { throw TestFailure("`\(step)` is not recorded") }
      return found.text
    }
    guard let greeting = frames.first(where: { $0.text.contains("hello") }) else { throw TestFailure("no hello") }
    hello = greeting.text
    chatter = try frame("plain message in an open channel")
    mention = try frame("mention in an open channel")
  }

  /// A post that nobody wrote to the bot.
  mutating func nextChatter() -> String {
    let text = Self.words[sequence % Self.words.count]
    return next(chatter, channel: sequence % Self.channels).replacing("lunch?", with: text)
  }

  /// A post that asks the bot.
  mutating func nextMention() -> String { next(mention, channel: nil) }

  private mutating func next(_ frame: String, channel: Int?) -> String {
    sequence += 1
    var frame = frame
    // Each post and each channel has an id of its own, which has the same length in every frame.
    if let channel { frame = frame.replacing("igyj8jtgwbbbzco4qjwgfa7awa", with: Self.id("c", channel)) }
    for id in ["yc8zhr7w8byfzxxdkff66o1swe", Self.postID(in: mention)] {
      frame = frame.replacing(id, with: Self.id("p", sequence))
    }
    let now = Int(Date.now.timeIntervalSince1970 * 1_000)
    frame = frame.replacing(#/create_at\\":\d+/#, with: "create_at\\\":\(now)")
    return frame.replacing(#/"seq":\s*\d+/#, with: "\"seq\":\(sequence)")
  }

  private static func id(_ letter: String, _ number: Int) -> String {
    let digits = String(number)
    return letter + String(repeating: "y", count: 25 - digits.count) + digits
  }

  private static func postID(in frame: String) -> String {
    frame.firstMatch(of: #/\\"id\\":\\"(\w{26})\\"/#).map { String($0.output.1) } ?? ""
  }
}
