import ConfigLoader
package import Core
import FoundationEssentials

/// `names.json` in edgecrab's folder, which keeps the pinned names over restarts.
package struct PinnedNamesFile: Sendable {
  package let path: String

  /// - Parameter home: The path of edgecrab's folder.
  package init(in home: String) { path = home + "/names.json" }

  /// Returns whether the bytes of a file are names that can be read, whichever bot's.
  package static func isReadable(_ bytes: [UInt8]) -> Bool { content(of: bytes) != nil }

  private static func content(of bytes: [UInt8]) -> Content? {
    try? JSONDecoder().decode(Content.self, from: Data(bytes))
  }

  package var exists: Bool { FileIdentity(path: path) != nil }

  /// Reads the names that were pinned for a bot.
  ///
  /// - Returns: The names; none if there is no file, or if it belongs to another bot.
  /// - Throws: If the file cannot be read. To go on without it could give one user's rights to another.
  package func read(bot: UserID) throws(PinnedNamesFileError) -> PinnedNames {
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = try PrivateFile.read(path, max: Limits.pinnedNamesBytesMax)
    } catch .missing {
      return PinnedNames()
    } catch {
      throw PinnedNamesFileError(path: path, reason: error.reason)
    }
    guard let content = Self.content(of: bytes) else {
      throw PinnedNamesFileError(path: path, reason: "it does not have the format that edgecrab writes")
    }
    guard content.bot == bot else { return PinnedNames() }
    return PinnedNames(
      ids: Dictionary(content.names.map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first }))
  }

  /// Returns the bot's name when the gateway last ran, or `nil` if it is not known.
  package func botName() -> String? {
    let bytes = try? PrivateFile.read(path, max: Limits.pinnedNamesBytesMax)
    return bytes.flatMap(Self.content(of:))?.botName
  }

  package func write(_ names: PinnedNames, bot: UserID, botName: String) throws(PinnedNamesFileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let entries = names.ids.map(Entry.init).sorted { ($0.role, $0.name, $0.team) < ($1.role, $1.name, $1.team) }
    // Structures of strings cannot fail to encode.
    let bytes = (try? encoder.encode(Content(bot: bot, botName: botName, names: entries))).map { [UInt8]($0) } ?? []
    do throws(FileProblem) {
      try PrivateFile.write(bytes, to: path)
    } catch {
      throw PinnedNamesFileError(path: path, reason: error.reason)
    }
  }

  private struct Content: Codable {
    /// The bot. Its id is unique over all servers, so it also identifies the server, whatever its address.
    var bot: UserID
    /// The bot's name, for tools that do not ask a server; `nil` in files of older versions.
    var botName: String?
    var names: [Entry]

    enum CodingKeys: String, CodingKey {
      case bot
      case botName = "bot_name"
      case names
    }
  }

  private struct Entry: Codable {
    var role: String
    var name: String
    var team: String
    var id: String

    init(_ key: PinnedNames.Key, _ id: String) {
      (role, name, team, self.id) = (key.role.rawValue, key.name, key.team?.rawValue ?? "", id)
    }

    var key: PinnedNames.Key {
      PinnedNames.Key(role: NameRole(rawValue: role) ?? .rule, name: name, team: TeamID(nonEmpty: team))
    }
  }
}

/// The file of pinned names cannot be read or written.
package struct PinnedNamesFileError: Error, Sendable, Equatable, CustomStringConvertible {
  let path: String
  let reason: String

  package var summary: String { "\(path), which keeps the ids of the names in the rules, cannot be used: \(reason)" }

  package var remedy: String {
    "repair it, or start once with --accept-renames, which resolves all names to their current owners"
  }

  package var description: String { "\(summary); \(remedy)" }
}
