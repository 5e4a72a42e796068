package import FoundationEssentials

/// The copy of the rules file that was good last: what a gateway starts with when the newest file is not.
///
/// It is the file's text behind one line of comment that says where it is from. `${NAME}` stands in it as in the file,
/// so it holds no value of a variable.
package struct LastGoodRules: Sendable {
  /// The copy's path.
  package let path: String

  /// The copy in edgecrab's folder.
  package init(home: String) { path = home + "/rules.last-good.yaml" }

  /// A copy as it was loaded.
  package struct Kept: Sendable {
    /// What came of loading it. Its findings and its rules' places are in the copy.
    package let loaded: LoadedRules
    /// The fingerprint of the file that it is a copy of.
    package let fingerprint: String
    /// When that file was taken to be good.
    package let moment: Date
  }

  /// Keeps a copy of a file that was loaded without errors, in the place of the one before.
  ///
  /// - Throws: where it cannot be written; the one before then stays.
  package func keep(_ loaded: LoadedRules, at moment: Date) throws(LastGoodRulesError) {
    let heading = Heading(
      from: Self.absolute(loaded.source.file), good: moment.formatted(.iso8601), sha256: loaded.fingerprint)
    do throws(FileProblem) {
      try PrivateFile.write(heading.line + loaded.source.fileBytes, to: path)
    } catch {
      throw LastGoodRulesError(path: path, problem: error)
    }
  }

  /// Why it is not used, though it may be as it was written: others may change it.
  package var unsafePaths: [UnsafePath] { UnsafePath.all(ofFile: path) }

  /// The copy of the file at `origin`, loaded; nil where there is none, it is not as it was written, or others may change it.
  ///
  /// The other parameters are those of `RulesFile.load`.
  package func load(for origin: String, environment: [String: String], now: Int64) -> Kept? {
    let max = Limits.fileBytesMax + Limits.headingBytesMax
    guard unsafePaths.isEmpty, let bytes = try? PrivateFile.read(path, max: max),
      let end = bytes.firstIndex(of: UInt8(ascii: "\n")), let heading = Heading(line: bytes[..<end]),
      heading.from == Self.absolute(origin), let moment = try? Date(heading.good, strategy: .iso8601)
    else { return nil }
    let kept = SourceText(file: path, bytes: Array(bytes[(end + 1)...]))
    guard Fingerprint(kept.fileBytes).description == heading.sha256 else { return nil }
    // With the first line, since findings tell the lines of the copy; a byte order mark has no place behind it.
    let loaded = RulesFile.load(
      SourceText(file: path, bytes: Array(bytes[...end]) + kept.bytes), environment: environment, now: now, zone: nil)
    return Kept(loaded: loaded, fingerprint: heading.sha256, moment: moment)
  }

  /// Two gateways may be started in different folders with the same relative path.
  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}

/// The copy's first line.
private struct Heading: Codable {
  var from: String
  var good: String
  var sha256: String

  private static let start = Array("# last good rules, kept by edgecrab: ".utf8)

  var line: [UInt8] {
    // Three texts can always be written as JSON.
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

/// The last good rules could not be kept.
package struct LastGoodRulesError: Error, Sendable, Equatable, CustomStringConvertible {
  let path: String
  let problem: FileProblem

  /// What happened and what follows.
  package var description: String {
    "the last good rules cannot be kept in \(path): \(reason); a start with a bad file will use older ones, or none"
  }

  private var reason: String {
    switch problem {
    case .missing, .isBrokenLink: "its folder is gone"
    case .noPermission: "its folder may not be written"
    case .isDirectory, .notAFile: "a folder has its name"
    case .other(let reason): reason
    }
  }
}
