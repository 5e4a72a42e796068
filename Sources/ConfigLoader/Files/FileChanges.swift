import Core
import Glibc

/// Files that are written together: all of them, or none.
package struct FileChanges: Sendable {
  /// A file and its new text.
  package struct Change: Sendable {
    package let path: String
    let bytes: [UInt8]
    /// The permission bits; `nil` keeps those of the file, or takes 644 for a new one.
    let mode: UInt32?

    package init(path: String, bytes: [UInt8], mode: UInt32? = nil) {
      (self.path, self.bytes, self.mode) = (path, bytes, mode)
    }
  }

  private let changes: [Change]

  package init(_ changes: [Change]) { self.changes = changes }

  /// Writes all texts beside the files before the first of them gets its name: a full disk or a folder that is not
  /// writable is noticed before any file has changed. Links are followed.
  package func write() throws(FileChangeError) {
    var drafts: [(path: String, draft: FileDraft)] = []
    do throws(FileChangeError) {
      for change in changes { drafts.append((change.path, try Self.draft(change))) }
    } catch {
      for (_, draft) in drafts { draft.discard() }
      throw error
    }
    for (index, (path, draft)) in drafts.enumerated() {
      do throws(FileProblem) {
        try draft.publish()
      } catch {
        for (_, draft) in drafts[(index + 1)...] { draft.discard() }
        throw FileChangeError(path: path, problem: error)
      }
    }
  }

  private static func draft(_ change: Change) throws(FileChangeError) -> FileDraft {
    var target = change.path
    var mode = change.mode
    if let resolved = realpath(change.path, nil) {
      defer { free(resolved) }
      target = String(cString: resolved)
      var status = stat()
      if mode == nil, stat(target, &status) == 0 { mode = status.st_mode & 0o7777 }
      // A file that may not be written must not be replaced either.
      guard access(target, W_OK) == 0 else {
        throw FileChangeError(path: change.path, problem: FileProblem(SystemError()))
      }
    }
    do throws(FileProblem) {
      return try FileDraft(change.bytes, of: target, mode: mode ?? 0o644)
    } catch {
      throw FileChangeError(path: change.path, problem: error)
    }
  }
}

/// The reason why a file was not written.
package struct FileChangeError: Error, Sendable, Equatable {
  package let path: String
  let problem: FileProblem

  /// The problem, without a full stop.
  package var summary: String { "\(path.printable) cannot be written: \(problem.reason)" }
}
