import Core
import FoundationEssentials
import Glibc
import Sessions

/// Puts the files of a backup into edgecrab's folder, which no gateway may use meanwhile.
package struct Restore {
  private let home: String
  private let acceptsNames: @Sendable ([UInt8]) -> Bool

  /// - Parameters:
  ///   - home: The path of edgecrab's folder, which is made if it is missing.
  ///   - acceptsNames: Returns whether the gateway can read a `names.json`: it would not start with another.
  package init(home: String, acceptsNames: @escaping @Sendable ([UInt8]) -> Bool) {
    (self.home, self.acceptsNames) = (home, acceptsNames)
  }

  /// The outcome of a restore.
  package struct Outcome: Sendable, Equatable {
    /// The names of the files that are in the folder now.
    package let files: [String]
    /// The folder with the files that were there before; `nil` if there were none.
    package let replaced: String?
  }

  /// Restores a backup. The backup is unpacked and checked before anything is changed, and a failure takes all changes
  /// back.
  ///
  /// - Parameter replaces: True if to move files of the same kinds aside; otherwise they are an error.
  package func restore(_ path: String, replaces: Bool) throws(BackupError) -> Outcome {
    do throws(BackupError) {
      return try unpackAndMove(path, replaces: replaces)
    } catch .notWritten(let file, let error) {
      throw .notRestored(file, error)
    } catch {
      throw error
    }
  }

  private func unpackAndMove(_ path: String, replaces: Bool) throws(BackupError) -> Outcome {
    if let user = otherOwner { throw .ownedByOther(home, user: user) }
    let archive = try FileAccess(reading: path, followsLink: true)
    let storePath = "\(home)/\(BackupEntry.store.rawValue)"
    let reservation: StoreReservation
    do throws(StoreError) {
      reservation = try StoreReservation(path: storePath)
    } catch {
      throw error.code == .inUse ? .inUse(home) : .store(error)
    }
    defer { withExtendedLifetime(reservation) {} }
    let present = presentFiles
    if let first = present.first, !replaces { throw .occupied(home, file: first) }
    let draft = try DraftFolder(beside: home + "/restore")
    defer { withExtendedLifetime(draft) {} }
    let entries = try unpack(archive, into: draft)
    do throws(StoreError) {
      try StoreCopy.check(draft.path(BackupEntry.store.rawValue))
    } catch {
      throw error.code == .newer ? .newer(path) : .notABackup(path, error.detail)
    }
    let replaced = present.isEmpty ? nil : try makeReplacedFolder()
    let aside = replaced.map { folder in present.map { Move(from: "\(home)/\($0)", to: "\(folder)/\($0)") } } ?? []
    let files = entries.map(\.rawValue)
    do throws(BackupError) {
      try make(aside + files.map { Move(from: draft.path($0), to: "\(home)/\($0)") }, replaced: replaced)
    } catch {
      // Removed unless something is still in it.
      if let replaced { rmdir(replaced) }
      throw error
    }
    if let replaced { synchronize(folder: replaced) }
    synchronize(folder: home)
    return Outcome(files: files, replaced: replaced)
  }

  /// The user who owns edgecrab's folder, or the one that it is to be made in, if this process is root and the user is
  /// not, who could exchange the folder's files between two steps of a restore; otherwise `nil`.
  private var otherOwner: String? {
    guard geteuid() == 0 else { return nil }
    var facts = stat()
    var folder = home
    while stat(folder, &facts) != 0 {
      guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return nil }
      folder = String(folder[..<slash])
    }
    let user = facts.st_uid
    guard user != 0 else { return nil }
    guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "'#\(user)'" }
    return String(cString: name)
  }

  private var presentFiles: [String] {
    BackupEntry.allCases.flatMap(\.files).filter { FileAccess.isPresent("\(home)/\($0)") }
  }

  /// Writes the files of the archive into a folder, and returns them in the order of `BackupEntry`.
  private func unpack(_ archive: FileAccess, into draft: DraftFolder) throws(BackupError) -> [BackupEntry] {
    let reader = TarReader(archive)
    let archiveSize = try archive.size()
    var found: Set<BackupEntry> = []
    while let header = try reader.next() {
      guard let entry = BackupEntry(rawValue: header.name), found.insert(entry).inserted,
        (entry == .description) == (found.count == 1)
      else { throw .notABackup(archive.path, "it contains unexpected files") }
      guard entry.bytesMax.map({ header.size <= $0 }) ?? true else {
        throw .notABackup(archive.path, "its \(entry.rawValue) is too large")
      }
      // Tar does not compress: nothing in an archive is larger than itself.
      guard header.size <= archiveSize else { throw reader.endsEarly }
      if entry == .description {
        try checkFormat(try reader.bytes(header), of: archive.path)
        continue
      }
      let file = try FileAccess(creating: draft.path(entry.rawValue))
      if entry == .names {
        let bytes = try reader.bytes(header)
        guard acceptsNames(bytes) else {
          throw .notABackup(archive.path, "its \(entry.rawValue) cannot be read")
        }
        try file.write(bytes)
      } else {
        try reader.read(header) { chunk throws(BackupError) in try file.write(chunk) }
      }
      try file.synchronize()
    }
    guard found.contains(.store) else { throw .notABackup(archive.path, "it contains no store") }
    return BackupEntry.allCases.filter { found.contains($0) && $0 != .description }
  }

  private func checkFormat(_ bytes: [UInt8], of path: String) throws(BackupError) {
    struct Format: Decodable { var format: Int }
    guard let format = try? JSONDecoder().decode(Format.self, from: Data(bytes)).format else {
      throw .notABackup(path, "its description cannot be read")
    }
    guard format <= BackupDescription.formatNumber else { throw .newer(path) }
  }

  /// Makes a new folder within edgecrab's for the files that are there, and returns its path.
  private func makeReplacedFolder() throws(BackupError) -> String {
    let time = Timestamp(Date()).rfc3339.filter { $0.isNumber }
    let folder = "\(home)/replaced-\(time)"
    guard mkdir(folder, 0o700) == 0 else { throw .notWritten(folder, SystemError()) }
    return folder
  }

  /// Renames files in order. If one cannot be, those before it get their names back.
  private func make(_ moves: [Move], replaced: String?) throws(BackupError) {
    for (index, move) in moves.enumerated() where rename(move.from, move.to) != 0 {
      let error = SystemError()
      var isUndone = true
      for done in moves[..<index].reversed() where rename(done.to, done.from) != 0 { isUndone = false }
      guard isUndone else { throw .halfRestored(home, before: replaced) }
      throw .notWritten(move.to, error)
    }
  }
}

/// A file that gets another name.
private struct Move {
  let from: String
  let to: String
}

extension BackupEntry {
  /// The largest size in an archive, if it has one of its own.
  fileprivate var bytesMax: Int64? {
    switch self {
    case .description: Limits.descriptionBytesMax
    case .names: Limits.namesBytesMax
    case .journal, .store: nil
    }
  }
}
