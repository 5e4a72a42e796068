import ConfigLoader
import Files
import FoundationEssentials

/// The file beside the store that keeps which ids the rules' names stand for: after a restart, a name may be another's.
struct PinnedNamesFile: Sendable {
  let path: String

  /// Beside a store.
  init(besideStore store: String) {
    let folder = store.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    path = (folder + ["names.json"]).joined(separator: "/")
  }

  var isThere: Bool { FileIdentity(path: path) != nil }

  /// What it holds of this bot's server; nothing where there is no file, or it is about another bot.
  ///
  /// - Throws: where it cannot be read. To go on without it could give one user's rights to another.
  func read(bot: String) throws(PinnedNamesFileError) -> PinnedNames {
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = try PrivateFile.read(path, max: Limits.nameFileBytesMax)
    } catch .missing {
      return PinnedNames()
    } catch {
      throw PinnedNamesFileError(path: path, reason: error.reason)
    }
    guard let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)) else {
      throw PinnedNamesFileError(path: path, reason: "it is not as edgecrab wrote it")
    }
    guard content.bot == bot else { return PinnedNames() }
    return PinnedNames(
      ids: Dictionary(content.names.map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first }))
  }

  /// Returns the bot's name at the last start, or `nil` if that is not known.
  func botName() -> String? {
    let bytes = try? PrivateFile.read(path, max: Limits.nameFileBytesMax)
    return bytes.flatMap { try? JSONDecoder().decode(Content.self, from: Data($0)) }?.botName
  }

  /// Keeps these.
  func write(_ names: PinnedNames, bot: String, botName: String) throws(PinnedNamesFileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let entries = names.ids.map(Entry.init).sorted { ($0.role, $0.name, $0.team) < ($1.role, $1.name, $1.team) }
    // Our own small structures of strings cannot fail to encode.
    let bytes = (try? encoder.encode(Content(bot: bot, botName: botName, names: entries))).map { [UInt8]($0) } ?? []
    do throws(FileProblem) {
      try PrivateFile.write(bytes, to: path)
    } catch {
      throw PinnedNamesFileError(path: path, reason: error.reason)
    }
  }

  /// A bot's id is no other's on any server, so it tells servers apart, whatever their addresses.
  private struct Content: Codable {
    var bot: String
    /// What it was called at the last start, for tools that ask no server; files of older versions do not have it.
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
      (role, name, team, self.id) = (key.role.rawValue, key.name, key.team, id)
    }

    var key: PinnedNames.Key { PinnedNames.Key(role: NameRole(rawValue: role) ?? .rule, name: name, team: team) }
  }
}

/// The file of the names' ids cannot be used.
package struct PinnedNamesFileError: Error, Sendable, Equatable, CustomStringConvertible {
  let path: String
  let reason: String

  /// What happened and what to do.
  package var description: String {
    "whom the names in the rules stood for is kept in \(path), which cannot be used (\(reason)); mend it, or start "
      + "once with --accept-renames, after which they stand for whoever bears them now"
  }
}
