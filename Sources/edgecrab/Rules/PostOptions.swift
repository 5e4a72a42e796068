import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials

/// An event by its facts, in the words of a test's `given`.
struct PostOptions: ParsableArguments {
  @Option(help: "Who wrote it; somebody whom access lets in unless said.")
  var user: String?

  @Option(help: "The channel; town-square unless said.")
  var channel: String?

  @Option(help: "The team.")
  var team: String?

  @Option(help: "public, private, group or direct.")
  var kind: String?

  @Option(help: "The message; --bot says what the bot is called.")
  var text: String?

  @Option(help: "human, bot, webhook, plugin, system or own.")
  var author: String?

  @Option(help: "none, channel-wide or direct; as the text says unless said.")
  var mention: String?

  @Option(help: "root, reply or joined: the bot has posted there.")
  var thread: String?

  @Flag(help: "Files hang on it.")
  var files = false

  @Flag(help: "It came from another server.")
  var remote = false

  @Flag(help: "It is an edit that adds no mention.")
  var edited = false

  @Option(help: "When: 2025-06-01T09:30:00Z, or milliseconds since 1970.")
  var at: String?

  /// Whether anything is said.
  var isGiven: Bool { files || remote || edited || at != nil || !texts.isEmpty }

  private var texts: [(String, String)] {
    [
      ("user", user), ("channel", channel), ("team", team), ("kind", kind), ("text", text), ("author", author),
      ("mention", mention), ("thread", thread),
    ].compactMap { key, value in value.map { (key, $0) } }
  }

  /// The event, read as a line of an event file is.
  func event(_ defaults: EventDefaults) throws(EventLineError) -> Event {
    var members = texts.map { JSON.Member(key: $0, value: .string($1)) }
    if remote { members.append(JSON.Member(key: "remote", value: true)) }
    if files { members.append(JSON.Member(key: "files", value: true)) }
    if edited { members.append(JSON.Member(key: "edited", value: true)) }
    if let at { members.append(JSON.Member(key: "at", value: .string(at))) }
    return try EventLine(json: Data(JSON.object(members).text.utf8), defaults: defaults).event
  }
}
