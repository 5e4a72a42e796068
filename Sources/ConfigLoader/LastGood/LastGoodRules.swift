import Core
package import FoundationEssentials

/// A copy of the last rules file without errors, with which the gateway starts when the current file has some.
///
/// It is the text of the file after a comment with its origin. `${NAME}` is not expanded, so it contains no secrets.
package struct LastGoodRules: Sendable {
  /// The path of the copy.
  package let path: String

  /// - Parameter home: the path of edgecrab's folder.
  package init(home: String) { path = home + "/rules.last-good.yaml" }

  /// A loaded copy.
  package struct Copy: Sendable {
    /// The loaded rules. Diagnostics and locations refer to the copy.
    package let loaded: LoadedRules
    /// The fingerprint of the original file.
    package let fingerprint: String
    /// The time when the original file was accepted.
    package let moment: Date
  }

  /// Saves a copy of a file that was loaded without errors, replacing the previous one.
  ///
  /// - Throws: if the copy cannot be written; the previous one stays.
  package func save(_ loaded: LoadedRules, at moment: Date) throws(LastGoodRulesError) {
    let heading = Heading(
      from: Self.absolute(loaded.source.file), good: Timestamp(moment).rfc3339, sha256: loaded.fingerprint)
    do throws(FileProblem) {
      try PrivateFile.write(heading.line + loaded.source.fileBytes, to: path)
    } catch {
      throw LastGoodRulesError(path: path, problem: error)
    }
  }

  /// The reasons why the copy is not used even if it is intact: other users may change it.
  package var unsafePaths: [UnsafePath] { UnsafePath.all(ofFile: path) }

  /// Loads the copy of the file at `origin`, or returns `nil` if there is none, it was changed, or other users may
  /// change it.
  ///
  /// The other parameters are those of `RulesFile.load`.
  package func load(for origin: String, environment: [String: String], now: Int64) -> Copy? {
    let max = Limits.fileBytesMax + Limits.headingBytesMax
    guard unsafePaths.isEmpty, let bytes = try? PrivateFile.read(path, max: max),
      let end = bytes.firstIndex(of: UInt8(ascii: "\n")), let heading = Heading(line: bytes[..<end]),
      heading.from == Self.absolute(origin), let moment = try? Date(heading.good, strategy: .iso8601)
    else { return nil }
    let copy = SourceText(file: path, bytes: Array(bytes[(end + 1)...]))
    guard copy.fingerprint == heading.sha256 else { return nil }
    // With the first line, since diagnostics refer to the copy. A byte order mark after it would be an error.
    let loaded = RulesFile.load(
      SourceText(file: path, bytes: Array(bytes[...end]) + copy.bytes), environment: environment, now: now, zone: nil)
    return Copy(loaded: loaded, fingerprint: heading.sha256, moment: moment)
  }

  /// Two gateways may start in different folders with the same relative path.
  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}

/// The first line of a copy.
private struct Heading: Codable {
  var from: String
  var good: String
  var sha256: String

  private static let start = Array("# last good rules, kept by edgecrab: ".utf8)

  var line: [UInt8] {
    // Encoding three strings cannot fail.
    let json = (try? JSONEncoder().encode(self)).map { Array($0) } ?? []
    return Self.start + json + [UInt8(ascii: "\n")]
  }

  init(from: String, good: String, sha256: String) {
    self.from = from
    self.good = good
    self.sha256 = sha256
  }

  init?(line: ArraySlice<UInt8>) {
    guard line.count <= Limits.headingBytesMax, line.starts(with: Self.start),
      let read = try? JSONDecoder().decode(Heading.self, from: Data(line.dropFirst(Self.start.count)))
    else { return nil }
    self = read
  }
}

/// The last good rules cannot be saved.
package struct LastGoodRulesError: Error, Sendable, Equatable, CustomStringConvertible {
  let path: String
  let problem: FileProblem

  /// The problem and its consequence.
  package var description: String {
    "the last good rules cannot be saved to \(path): \(reason); a start with a bad rules file will use older ones, or none"
  }

  private var reason: String {
    switch problem {
    case .missing, .isBrokenLink: "its folder does not exist"
    case .noPermission: "its folder is not writable"
    case .isDirectory, .notAFile: "a folder has its name"
    case .other(let reason): reason
    }
  }
}
