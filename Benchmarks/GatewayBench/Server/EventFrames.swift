import BenchSupport
import Foundation
import TestSupport

/// Frames of the event socket, made from recorded ones.
struct EventFrames: Sendable {
  private static let words = [
    "the build is green again", "who has looked at the parser?", "lunch?", "I have pushed the fix to the branch",
    "can somebody review this before noon, please? It touches the migration and the way we count retries",
  ]

  /// The `hello` frame, the first of a connection.
  let hello: String
  private let chatter: Template
  private let mention: Template
  private let ownPost: Template
  private let reaction: Template

  init() throws {
    let frames = try Recording.frames("events")
    func template(
      _ step: String, event: String = "posted", where isRight: (String) -> Bool = { _ in true },
      _ holes: [(String, Template.Hole)]
    ) throws -> Template {
      let frame = frames.first { $0.step == step && $0.text.contains("\"\(event)\"") && isRight($0.text) }
      guard let frame else { throw TestFailure("`\(step)` is not recorded") }
      return Template(frame.text, holes)
    }
    guard let greeting = frames.first(where: { $0.text.contains("hello") }) else { throw TestFailure("no hello") }
    hello = greeting.text
    let channel = ("igyj8jtgwbbbzco4qjwgfa7awa", Template.Hole.channel)
    chatter = try template(
      "plain message in an open channel",
      [
        ("yc8zhr7w8byfzxxdkff66o1swe", .post), ("lunch?", .text), ("1795351698739", .time), channel,
        ("\"seq\":3", .sequence),
      ])
    mention = try template(
      "mention in an open channel",
      [
        ("6z8ecw5onpyr5frrrd4m9uahya", .post), ("explain this PR", .text), ("1795351697922", .time), channel,
        ("\"seq\":2", .sequence),
      ])
    ownPost = try template(
      "the bot posts in the thread itself",
      [
        ("cmf5txttfpgym8trwyhn7nsnco", .post), ("here is a summary", .text), ("1795351709712", .time),
        ("h4shtw19migwfc9k7hpnypsnyr", .root), channel, ("\"seq\":17", .sequence),
      ])
    reaction = try template(
      "reaction", event: "reaction_added",
      [
        ("cmf5txttfpgym8trwyhn7nsnco", .post), ("d6g1affd6fbetyk9ywj6qqaera", .user), ("+1", .text),
        ("1795351717050", .time), channel, ("\"seq\":26", .sequence),
      ])
  }

  /// Returns the id of a channel.
  static func channel(_ number: Int) -> String { id("c", number) }

  /// Returns a post that does not mention the bot.
  func chatter(_ number: Int, channel: Int, sequence: Int) -> String {
    chatter.filled([
      .post: Self.id("p", number), .channel: Self.channel(channel), .text: Self.words[number % Self.words.count],
      .time: Self.now, .sequence: "\"seq\":\(sequence)",
    ])
  }

  /// Returns a question to the bot.
  func question(_ number: Int, channel: Int, sequence: Int) -> String {
    mention.filled([
      .post: Self.id("q", number), .channel: Self.channel(channel), .text: Question.text(number), .time: Self.now,
      .sequence: "\"seq\":\(sequence)",
    ])
  }

  /// Returns the event of a post by the bot.
  func ownPost(_ post: BotPost, sequence: Int) -> String {
    ownPost.filled([
      .post: post.id, .channel: post.channel, .root: post.root, .text: post.message, .time: Self.now,
      .sequence: "\"seq\":\(sequence)",
    ])
  }

  /// Returns the event of a reaction by the bot.
  func reaction(to post: String, by user: String, with emoji: String, sequence: Int) -> String {
    reaction.filled([
      .post: post, .user: user, .channel: Self.channel(0), .text: emoji, .time: Self.now,
      .sequence: "\"seq\":\(sequence)",
    ])
  }

  /// Milliseconds since 1970.
  static var now: String { String(Int(Date.now.timeIntervalSince1970 * 1_000)) }

  /// Returns an id of Mattermost's form.
  static func id(_ letter: String, _ number: Int) -> String {
    let digits = String(number)
    return letter + String(repeating: "y", count: 25 - digits.count) + digits
  }
}

/// A recorded text, split at the values that differ between its uses.
struct Template: Sendable {
  enum Hole { case post, channel, root, user, name, text, pending, time, sequence }

  private let pieces: [String]
  private let holes: [Hole]

  /// - Parameter parts: the recorded values, and what each of them is.
  init(_ text: String, _ parts: [(String, Hole)]) {
    var (pieces, holes) = ([String](), [Hole]())
    var rest = text[...]
    while let (range, hole) = parts.compactMap({ part in rest.range(of: part.0).map { ($0, part.1) } })
      .min(by: { $0.0.lowerBound < $1.0.lowerBound })
    {
      pieces.append(String(rest[..<range.lowerBound]))
      holes.append(hole)
      rest = rest[range.upperBound...]
    }
    self.pieces = pieces + [String(rest)]
    self.holes = holes
  }

  func filled(_ values: [Hole: String]) -> String {
    zip(pieces, holes).reduce("") { $0 + $1.0 + (values[$1.1] ?? "") } + (pieces.last ?? "")
  }
}
