import ConfigLoader
import Foundation
import TestSupport
import Testing

/// Files that are written together.
@Suite struct FileChangesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func change(_ name: String, from old: String?, to new: String) -> FileChanges.Change {
    FileChanges.Change(path: folder.path(name), expected: old.map { Array($0.utf8) }, bytes: Array(new.utf8))
  }

  private func text(_ name: String) throws -> String { try String(contentsOfFile: folder.path(name), encoding: .utf8) }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }
  }

  @Test func `files that are as expected are written, a new one too`() throws {
    _ = try folder.write("old", to: "a")
    try FileChanges([change("a", from: "old", to: "new"), change("b", from: nil, to: "B")]).write()
    #expect(try text("a") == "new" && text("b") == "B")
    #expect(try names == ["a", "b"])
  }

  @Test(arguments: ["other", "old and more", "", nil])
  func `if one has changed since it was read, none is written`(present: String?) throws {
    _ = try folder.write("old", to: "a")
    if let present { _ = try folder.write(present, to: "b") }
    let error = #expect(throws: FileChangeError.self) {
      try FileChanges([change("a", from: "old", to: "new"), change("b", from: "old", to: "new")]).write()
    }
    #expect(error?.summary == "\(folder.path("b")) changed while you answered; run setup again")
    #expect(error?.written == [])
    #expect(try text("a") == "old")
    #expect(try names == (present == nil ? ["a"] : ["a", "b"]))
  }

  @Test func `a file that has appeared is not replaced`() throws {
    _ = try folder.write("theirs", to: "a")
    #expect(throws: FileChangeError.self) { try FileChanges([change("a", from: nil, to: "new")]).write() }
    #expect(try text("a") == "theirs" && names == ["a"])
  }
}
