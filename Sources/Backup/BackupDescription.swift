import FoundationEssentials

/// The first file of a backup.
struct BackupDescription: Codable, Equatable {
  /// The number of the format, raised if an older program would misread it.
  static let formatNumber = 1

  var format = formatNumber
  /// The time of the backup (UTC), as in RFC 3339.
  var at: String
  /// The program's version.
  var edgecrab: String

  var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // Strings and a number cannot fail to encode.
    return (try? encoder.encode(self)).map { Array($0) + [UInt8(ascii: "\n")] } ?? []
  }
}
