import Foundation
import TestSupport

/// Frames of posts made from recorded ones, in a thousand channels.
struct FloodFrames {
  /// The number of channels.
  static let channels = 1_000
  private static let words = [
    "the build is green again", "who has looked at the parser?", "lunch?", "I have pushed the fix to the branch",
    "can somebody review this before noon, please? It touches the migration and the way we count retries",
  ]

  /// The `hello` frame.
  let hello: String
  private let chatter: Template
  private let mention: Template

  /// A recorded frame, split at the values that differ between posts.
  private struct Template {
    private let pieces: [String]
    private let holes: [Hole]

    enum Hole { case post, channel, text, time, sequence }

    init(_ frame: String, _ parts: [(String, Hole)]) {
      var (pieces, holes) = ([String](), [Hole]())
      var rest = frame[...]
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

    func filled(_ value: (Hole) -> String) -> String {
      zip(pieces, holes).reduce("") { $0 + $1.0 + value($1.1) } + (pieces.last ?? "")
    }
  }

  init() throws {
    let frames = try Recording.frames("events")
    func template(_ step: String, post: String, time: String, sequence: Int, channel: Bool) throws -> Template {
      guard let frame = frames.first(where: { $0.step == step })?.text else {
        throw TestFailure("`\(step)` is not recorded")
      }
      let parts: [(String, Template.Hole)] =
        [(post, .post), ("lunch?", .text), (time, .time), ("\"seq\":\(sequence)", .sequence)]
        + (channel ? [("igyj8jtgwbbbzco4qjwgfa7awa", .channel)] : [])
      return Template(frame, parts)
    }
    guard let greeting = frames.first(where: { $0.text.contains("hello") }) else { throw TestFailure("no hello") }
    hello = greeting.text
    chatter = try template(
      "plain message in an open channel", post: "yc8zhr7w8byfzxxdkff66o1swe", time: "1795351698739", sequence: 3,
      channel: true)
    mention = try template(
      "mention in an open channel", post: "6z8ecw5onpyr5frrrd4m9uahya", time: "1795351697922", sequence: 2,
      channel: false)
  }

  /// Returns a post that does not mention the bot.
  func chatter(_ number: Int) -> String { filled(chatter, number) }

  /// Returns a question to the bot.
  func question(_ number: Int) -> [UInt8] { SocketFrame.text(filled(mention, number)).bytes }

  /// Returns the bytes of posts and a question after them.
  func bytes(_ numbers: Range<Int>) -> [UInt8] {
    numbers.flatMap { SocketFrame.text(chatter($0)).bytes }
      + question(numbers.upperBound)
  }

  private func filled(_ template: Template, _ number: Int) -> String {
    template.filled { hole in
      switch hole {
      case .post: Self.id("p", number)
      case .channel: Self.id("c", number % Self.channels)
      case .text: Self.words[number % Self.words.count]
      case .time: String(Int(Date.now.timeIntervalSince1970 * 1_000))
      case .sequence: "\"seq\":\(number + 2)"
      }
    }
  }

  private static func id(_ letter: String, _ number: Int) -> String {
    let digits = String(number)
    return letter + String(repeating: "y", count: 25 - digits.count) + digits
  }
}
