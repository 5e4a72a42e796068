import Core
import FoundationEssentials
import Glibc
import Sessions

/// Puts the files of a backup into edgecrab's folder, which no gateway may use meanwhile.
package struct Restore {
  private let home: String

  /// - Parameter home: The path of edgecrab's folder, which is made if it is missing.
  package init(home: String) { self.home = home }

  /// The outcome of a restore.
  package struct Outcome: Sendable, Equatable {
    /// The names of the files that are in the folder now.
    package let files: [String]
    /// The folder with the files that were there before; `nil` if there were none.
    package let replaced: String?
  }

  /// Restores a backup. The backup is unpacked and checked before anything is changed.
  ///
  /// - Parameter replaces: True if to move files of the same kinds aside; otherwise they are an error.
  package func read(_ path: String, replaces: Bool) throws(BackupError) -> Outcome {
    let archive = try FileAccess(reading: path, followsLink: true)
    let storePath = "\(home)/\(BackupEntry.store.rawValue)"
    let reservation: StoreReservation
    do throws(StoreError) {
      reservation = try StoreReservation(path: storePath)
    } catch {
      throw .store(error)
    }
    defer { withExtendedLifetime(reservation) {} }
    let present = presentFiles
    if let first = present.first, !replaces { throw .occupied(home, file: first) }
    let draft = try DraftFolder(beside: home + "/restore")
    let entries = try unpack(archive, into: draft)
    do throws(StoreError) {
      try StoreCopy.check(draft.path(BackupEntry.store.rawValue))
    } catch {
      throw error.code == .newer ? .newer(path) : .notABackup(path, error.detail)
    }
    let replaced = present.isEmpty ? nil : try moveAside(present)
    for entry in entries {
      let target = "\(home)/\(entry.rawValue)"
      guard rename(draft.path(entry.rawValue), target) == 0 else { throw .notWritten(target, SystemError().text) }
    }
    synchronizeFolder()
    return Outcome(files: entries.map(\.rawValue), replaced: replaced)
  }

  private var presentFiles: [String] {
    BackupEntry.allCases.flatMap(\.files).filter { FileIdentity(path: "\(home)/\($0)") != nil }
  }

  /// Writes the files of the archive into a folder, and returns them in the order of `BackupEntry`.
  private func unpack(_ archive: FileAccess, into draft: DraftFolder) throws(BackupError) -> [BackupEntry] {
    let owner = FolderOwner(of: home)
    let reader = TarReader(archive)
    var found: Set<BackupEntry> = []
    while let header = try reader.next() {
      guard let entry = BackupEntry(rawValue: header.name), found.insert(entry).inserted,
        (entry == .description) == (found.count == 1)
      else { throw .notABackup(archive.path, "it contains files that are in no backup") }
      if entry == .description {
        try checkFormat(try description(header, reader), of: archive.path)
        continue
      }
      let file = try FileAccess(creating: draft.path(entry.rawValue))
      try reader.read(header) { chunk throws(BackupError) in try file.write(chunk) }
      try file.setOwner(owner)
      try file.synchronize()
    }
    guard found.contains(.store) else { throw .notABackup(archive.path, "it contains no store") }
    return BackupEntry.allCases.filter { found.contains($0) && $0 != .description }
  }

  private func description(_ header: TarHeader, _ reader: TarReader) throws(BackupError) -> [UInt8] {
    var bytes: [UInt8] = []
    try reader.read(header) { chunk throws(BackupError) in
      if bytes.count <= Limits.descriptionBytesMax { bytes += chunk }
    }
    return bytes
  }

  private func checkFormat(_ bytes: [UInt8], of path: String) throws(BackupError) {
    struct Format: Decodable { var format: Int }
    guard bytes.count <= Limits.descriptionBytesMax,
      let format = try? JSONDecoder().decode(Format.self, from: Data(bytes)).format
    else { throw .notABackup(path, "its description cannot be read") }
    guard format <= BackupDescription.formatNumber else { throw .newer(path) }
  }

  /// Moves files into a new folder within edgecrab's, and returns its path.
  private func moveAside(_ files: [String]) throws(BackupError) -> String {
    let time = Timestamp(Date()).rfc3339.filter { $0.isNumber }
    let folder = "\(home)/replaced-\(time)"
    guard mkdir(folder, 0o700) == 0 else { throw .notWritten(folder, SystemError().text) }
    if let owner = FolderOwner(of: home), chown(folder, owner.user, owner.group) != 0 {
      throw .notWritten(folder, SystemError().text)
    }
    for file in files {
      guard rename("\(home)/\(file)", "\(folder)/\(file)") == 0 else {
        throw .notWritten("\(folder)/\(file)", SystemError().text)
      }
    }
    return folder
  }

  /// Has the new names on the disk. A failure would lose no more than the restore.
  private func synchronizeFolder() {
    let folder = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}
