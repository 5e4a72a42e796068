import Agents
import Foundation
import TestSupport
import Testing

struct SessionFolderTests {
  private let temporary: TemporaryFolder
  private let folder: SessionFolder

  init() throws {
    temporary = try TemporaryFolder()
    folder = SessionFolder(path: temporary.path("sessions/channel-c-1"))
    try folder.create()
  }

  /// Returns the reason why a path is not opened, or `nil` if it is.
  private func refusal(of path: String, forWriting isWriting: Bool = false) -> FolderError.Code? {
    do throws(FolderError) {
      close(try folder.open(path, forWriting: isWriting))
      return nil
    } catch {
      return error.code
    }
  }

  @Test func `a folder is created for its owner alone, and creating it again does nothing`() throws {
    try folder.create()
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
  }

  @Test func `files are opened by relative and by absolute paths`() throws {
    let written = try folder.open("a/b/c.txt", forWriting: true)
    #expect(write(written, "hello", 5) == 5)
    close(written)
    for path in ["a/b/c.txt", "./a//b/./c.txt", folder.path + "/a/b/c.txt"] {
      #expect(try folder.size(of: path) == 5)
      close(try folder.open(path))
    }
    #expect(try folder.size(below: "a") == 5)
    try folder.rename("a/b/c.txt", to: "d.txt")
    #expect(try folder.size(of: "a/b/c.txt") == nil)
    try folder.remove("d.txt")
    #expect(try folder.size(of: "d.txt") == nil)
  }

  @Test(arguments: [
    "../secret", "a/../../secret", "/etc/passwd", "", "/", ".", "..", "link", "linked/secret", "..\u{0}",
    "a/..\u{0}/x",
    "linked/\u{301}secret",
  ])
  func `no path leads outside of the folder`(_ path: String) throws {
    let secret = try temporary.write("secret", to: "sessions/secret")
    try FileManager.default.createDirectory(atPath: folder.path + "/a", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: secret)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/linked", withDestinationPath: temporary.path("sessions"))
    for isWriting in [false, true] {
      #expect([.outside, .noFile].contains(refusal(of: path, forWriting: isWriting)))
    }
    #expect(try String(contentsOfFile: secret, encoding: .utf8) == "secret")
  }

  @Test func `a sibling folder with a similar name is outside`() throws {
    _ = try temporary.write("secret", to: "sessions/channel-c-12/secret")
    #expect(refusal(of: folder.path + "2/secret") == .outside)
  }

  @Test func `only regular files are opened, without blocking`() throws {
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    try FileManager.default.createDirectory(atPath: folder.path + "/sub", withIntermediateDirectories: true)
    for path in ["pipe", "sub"] { #expect(refusal(of: path) == .notRegular, "\(path)") }
    for path in ["missing", "missing/too"] { #expect(refusal(of: path) == .noFile, "\(path)") }
  }

  @Test func `removing a folder removes its content and nothing that its links lead to`() throws {
    let secret = try temporary.write("secret", to: "sessions/secret")
    close(try folder.open("a/b", forWriting: true))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/linked", withDestinationPath: temporary.path("sessions"))
    try folder.removeAll()
    try folder.removeAll()
    #expect(!FileManager.default.fileExists(atPath: folder.path))
    #expect(try String(contentsOfFile: secret, encoding: .utf8) == "secret")
  }
}
