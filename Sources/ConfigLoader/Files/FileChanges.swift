/// Files that are written together: if anything is found to be in the way, none of them.
package struct FileChanges: Sendable {
  /// A file and its new text.
  package struct Change: Sendable {
    package let path: String
    /// The bytes that the file has so far; `nil` if it does not exist.
    let expected: [UInt8]?
    let bytes: [UInt8]
    /// The permission bits; `nil` keeps those of the file, or takes 644 for a new one.
    let mode: UInt32?

    package init(path: String, expected: [UInt8]?, bytes: [UInt8], mode: UInt32? = nil) {
      (self.path, self.expected, self.bytes, self.mode) = (path, expected, bytes, mode)
    }
  }

  private let changes: [Change]

  package init(_ changes: [Change]) { self.changes = changes }

  /// Writes all texts beside the files before the first of them gets its name: a full disk or a folder that is not
  /// writable is noticed before any file has changed. So is a file that is not as expected any more. Links are
  /// followed.
  package func write() throws(FileChangeError) {
    var drafts: [FileDraft] = []
    do throws(FileChangeError) {
      for change in changes { drafts.append(try Self.draft(change)) }
      // Last, to leave other programs as little time as possible.
      for change in changes { try Self.check(change) }
    } catch {
      for draft in drafts { draft.discard() }
      throw error
    }
    for (index, draft) in drafts.enumerated() {
      do throws(FileProblem) {
        try draft.publish()
      } catch {
        for draft in drafts[(index + 1)...] { draft.discard() }
        throw FileChangeError(
          path: changes[index].path, reason: .unwritable(error), written: changes[..<index].map(\.path))
      }
    }
    for draft in drafts { draft.synchronizeFolder() }
  }

  /// Checks that a file is still as expected.
  private static func check(_ change: Change) throws(FileChangeError) {
    var present: [UInt8]?
    do throws(FileProblem) {
      // One byte more shows that the file has grown.
      present = try FileBytes.read(change.path, max: (change.expected?.count ?? 0) + 1).bytes
    } catch .missing {
    } catch {
      throw FileChangeError(path: change.path, reason: .unwritable(error))
    }
    guard present == change.expected else { throw FileChangeError(path: change.path, reason: .changed) }
  }

  private static func draft(_ change: Change) throws(FileChangeError) -> FileDraft {
    do throws(FileProblem) {
      return try FileDraft(change.bytes, replacing: change.path, mode: change.mode, newMode: 0o644)
    } catch {
      throw FileChangeError(path: change.path, reason: .unwritable(error))
    }
  }
}

/// The reason why a file was not written.
package struct FileChangeError: Error, Sendable, Equatable {
  enum Reason: Sendable, Equatable {
    case unwritable(FileProblem)
    /// The file is not as expected any more.
    case changed
  }

  package let path: String
  let reason: Reason
  /// The files that were written before this one; usually none.
  package let written: [String]

  init(path: String, reason: Reason, written: [String] = []) {
    (self.path, self.reason, self.written) = (path, reason, written)
  }

  /// The problem, without a full stop.
  package var summary: String {
    switch reason {
    case .unwritable(let problem): "\(path.printable) cannot be written: \(problem.reason)"
    case .changed: "\(path.printable) changed while you answered; run setup again"
    }
  }
}
