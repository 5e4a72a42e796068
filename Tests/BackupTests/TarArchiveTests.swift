import Foundation
import TestSupport
import Testing

@testable import Backup

@Suite struct TarArchiveTests {
  @Test func `tar reads an archive, and files that fill a block, are empty or do not`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("archive.tar")
    let files = ["empty": 0, "one": 1, "block": 512, "more": 1_300]
    let archive = TarWriter(try FileAccess(creating: path), seconds: 1_700_000_000)
    for (name, size) in files.sorted(by: { $0.key < $1.key }) {
      try archive.add(name, Array(repeating: UInt8(ascii: "x"), count: size))
    }
    try archive.finish()
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/tar")
    tar.arguments = ["-xf", path, "-C", folder.url.path]
    try tar.run()
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
    for (name, size) in files { #expect(FileManager.default.contents(atPath: folder.path(name))?.count == size) }
    let reader = TarReader(try FileAccess(reading: path))
    var found: [String: Int] = [:]
    while let header = try reader.next() {
      var size = 0
      try reader.read(header) { size += $0.count }
      found[header.name] = size
    }
    #expect(found == files)
  }

  @Test func `an archive of tar itself is read, and a link in it is refused`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("hello", to: "names.json")
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "/etc/passwd")
    for (name, isRead) in [("names.json", true), ("link", false)] {
      let path = folder.path(name + ".tar")
      let tar = Process()
      tar.executableURL = URL(filePath: "/usr/bin/tar")
      tar.arguments = ["--format=ustar", "-cf", path, "-C", folder.url.path, name]
      try tar.run()
      tar.waitUntilExit()
      let reader = TarReader(try FileAccess(reading: path))
      if isRead {
        let header = try #require(try reader.next())
        #expect(header.name == "names.json" && header.size == 5)
      } else {
        #expect(throws: BackupError.notABackup(path, "it contains something that is not a regular file")) {
          try reader.next()
        }
      }
    }
  }
}
