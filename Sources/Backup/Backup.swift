import Core
import FoundationEssentials
import Glibc
import Journal
import Sessions

/// Makes backups: one tar archive with the store, the journal and the pinned names.
///
/// The token, `.env`, rules, hooks and the folders of conversations are not part of it. Rules say which programs run,
/// and a file from elsewhere must not decide that.
package struct Backup {
  private let home: String
  private let version: String

  /// - Parameters:
  ///   - home: The path of edgecrab's folder.
  ///   - version: The program's version.
  package init(home: String, version: String) {
    self.home = home
    self.version = version
  }

  private var storePath: String { "\(home)/\(BackupEntry.store.rawValue)" }
  private var journalPath: String { "\(home)/\(BackupEntry.journal.rawValue)" }

  /// Writes a backup to a new file, which only its owner may read. A running gateway goes on, and copies its store
  /// itself.
  ///
  /// - Returns: The names of the files in it, and its size in bytes.
  /// - Throws: `BackupError`; then there is no file.
  package func write(to path: String) async throws(BackupError) -> (files: [String], size: Int64) {
    var facts = stat()
    guard lstat(path, &facts) != 0 else { throw .exists(path) }
    guard stat(storePath, &facts) == 0 else { throw .nothingToSave(home) }
    do throws(BackupError) {
      let folder = try DraftFolder(beside: path)
      // Released, and with them the copies, after the archive is written.
      let request = try await copyStore(to: folder.path("store"))
      let archive = try archive(in: folder, store: request?.copy ?? folder.path("store"))
      try publish(folder.path("archive"), as: path)
      withExtendedLifetime((folder, request)) {}
      return archive
    } catch .notWritten(_, let error) {
      // The drafts are gone.
      throw .notWritten(path, error)
    } catch {
      throw error
    }
  }

  /// Gives a complete archive its name, unless another file has it: a link, other than `rename`, replaces none.
  private func publish(_ archive: String, as path: String) throws(BackupError) {
    guard link(archive, path) == 0 else {
      switch errno {
      case EEXIST: throw .exists(path)
      case EPERM, EOPNOTSUPP: throw .noHardLinks(path)
      default: throw .notWritten(path, SystemError())
      }
    }
    synchronize(folder: path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
  }

  /// Copies the store to a file, or returns the request with the copy of the gateway that has it open.
  private func copyStore(to copy: String) async throws(BackupError) -> StoreCopyRequest? {
    do throws(StoreError) {
      do throws(StoreError) {
        try StoreCopy.make(of: storePath, to: copy)
        return nil
      } catch {
        guard error.code == .inUse else { throw error }
      }
      let request = try await StoreCopyRequest(path: storePath)
      try await request.wait()
      return request
    } catch {
      throw error.code == .full && error.path == copy ? .notWritten(copy, SystemError(ENOSPC)) : .store(error)
    }
  }

  private func archive(in folder: DraftFolder, store: String) throws(BackupError) -> (files: [String], size: Int64) {
    let file = try FileAccess(creating: folder.path("archive"))
    let archive = TarWriter(file, seconds: Int64(Date().timeIntervalSince1970))
    var files: [String] = []
    for entry in BackupEntry.allCases {
      switch entry {
      case .description:
        try archive.add(
          entry.rawValue, BackupDescription(at: Timestamp(Date()).rfc3339, edgecrab: version).bytes)
        continue
      case .names:
        let path = "\(home)/\(entry.rawValue)"
        guard FileAccess.isPresent(path) else { continue }
        try archive.add(entry.rawValue, try FileAccess(reading: path))
      case .journal:
        guard FileAccess.isPresent(journalPath) else { continue }
        let copy = folder.path("journal")
        try copyJournal(to: copy)
        try archive.add(entry.rawValue, try FileAccess(reading: copy))
      case .store: try archive.add(entry.rawValue, try FileAccess(reading: store))
      }
      files.append(entry.rawValue)
    }
    try archive.finish()
    return (files, try FileAccess(reading: folder.path("archive")).size())
  }

  private func copyJournal(to copy: String) throws(BackupError) {
    do throws(JournalError) {
      try JournalFile.copy(journalPath, to: copy)
    } catch {
      switch error.code {
      case .full: throw .notWritten(copy, SystemError(ENOSPC))
      // It is there, but leads nowhere.
      case .missing: throw .notRead(journalPath, SystemError(ENOENT).text)
      default: throw .journal(error)
      }
    }
  }
}

/// A folder for files on their way, closed to others and removed with its last reference.
final class DraftFolder {
  private let folder: String

  /// Makes the folder on the disk of a file.
  init(beside path: String) throws(BackupError) {
    var template = Array((path + ".XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .notWritten(path, SystemError()) }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }
}
