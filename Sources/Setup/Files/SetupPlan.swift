import ConfigLoader
import Core
import Glibc

/// What is written, once all answers are known.
struct SetupPlan: Sendable {
  let home: String
  let settings: EnvironmentEdit
  /// True if other users can read `.env` so far.
  let hidesSettings: Bool
  let rules: RulesTarget
  /// The new text of the rules file, or `nil` if it stays.
  let rulesText: SourceText?

  var isEmpty: Bool { !writesSettings && rulesText == nil }

  private var writesSettings: Bool { settings.isNew || !settings.changed.isEmpty || hidesSettings }

  /// The changes, for a person who agrees to them.
  var description: String {
    var lines: [String] = []
    if writesSettings {
      let names = settings.changed.isEmpty ? "mode 600" : settings.changed.joined(separator: ", ")
      lines += TextWrapping.wrapped(
        "\(settings.path.printable) (\(settings.isNew ? "new, mode 600" : "other lines stay")): \(names)", columns: 78)
    }
    if let rulesText {
      lines.append("\(rules.path.printable)" + (rules.isPresent ? ":" : " (new)"))
      if rules.isPresent {
        lines += UnifiedDiff(path: rules.path, old: rules.source.text, new: rulesText.text).hunks.flatMap {
          $0.split(separator: "\n").map { TextWrapping.cut($0.printable, 78) }
        }
      }
    }
    return lines.map { "  \($0)" }.joined(separator: "\n")
  }

  /// Writes the files: none if one of them cannot be written, or has changed since it was read.
  func write() throws(SetupProblem) {
    let isNewFolder = try createFolder()
    var changes: [FileChanges.Change] = []
    if writesSettings {
      changes.append(
        FileChanges.Change(path: settings.path, expected: settings.old, bytes: settings.bytes, mode: 0o600))
    }
    if let rulesText {
      let old = rules.isPresent ? rules.source.fileBytes : nil
      changes.append(FileChanges.Change(path: rules.path, expected: old, bytes: rulesText.fileBytes))
    }
    do throws(FileChangeError) {
      try FileChanges(changes).write()
    } catch {
      guard error.written.isEmpty else {
        let written = error.written.map(\.printable).joined(separator: ", ")
        throw .incomplete("\(error.summary). Only \(written) was written.")
      }
      if isNewFolder { rmdir(home) }
      throw .other("\(error.summary).")
    }
  }

  /// Creates edgecrab's folder, which only its owner may enter.
  ///
  /// - Returns: `true` if it did not exist.
  private func createFolder() throws(SetupProblem) -> Bool {
    if mkdir(home, 0o700) == 0 { return true }
    let error = SystemError()
    guard error.number == EEXIST else {
      throw .other("The folder \(home.printable) cannot be created: \(error.text).")
    }
    if FolderProblem(path: home) == .notFolder { throw .other("\(home.printable) is not a folder.") }
    return false
  }
}
