import Core
import Foundation
import GRDB
import Logging
import ServerLookup
import TestSupport
import Testing

@testable import Backup
@testable import Sessions

/// Backups and restores without a running gateway, of real stores.
@Suite struct BackupTests {
  private let folder: TemporaryFolder
  private let home: String
  private var store: String { home + "/edgecrab.sqlite" }
  private var file: String { folder.path("backup.tar") }

  init() throws {
    folder = try TemporaryFolder()
    home = folder.path("home")
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: false)
  }

  /// Makes a store with a claim, and the files beside it.
  private func fill(claiming post: String) async throws {
    let opened = try SQLiteStore(path: store, logger: .silent)
    #expect(try await opened.claim(Claim(text: post), of: .channel("dev"), at: .now) == .new)
    await opened.close()
    _ = try folder.write(#"{"bot": "b", "names": []}"#, to: "home/names.json")
    _ = try folder.write("# rules", to: "home/rules.last-good.yaml")
    _ = try folder.write("MATTERMOST_TOKEN=s3cret", to: "home/.env")
  }

  private func isClaimed(_ post: String) async throws -> Bool {
    let opened = try SQLiteStore(path: store, logger: .silent)
    let isNew = try await opened.claim(Claim(text: post), of: .channel("dev"), at: .now) == .new
    await opened.close()
    return !isNew
  }

  private func write() async throws(BackupError) -> [String] {
    try await Backup(home: home, version: "1").write(to: file).files
  }

  private func restore(replaces: Bool = false) throws(BackupError) -> Restore.Outcome {
    try Restore(home: home, acceptsNames: PinnedNamesFile.isReadable).restore(file, replaces: replaces)
  }

  /// Returns the error of a restore.
  private func refusal(replaces: Bool = false) throws -> String {
    "\(try #require(throws: BackupError.self) { try restore(replaces: replaces) })"
  }

  private func owner(of path: String) -> uid_t? {
    var facts = stat()
    return lstat(path, &facts) == 0 ? facts.st_uid : nil
  }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: home).sorted() }

  @Test func `a backup restores the store and what is beside it, and has no token`() async throws {
    try await fill(claiming: "p1")
    #expect(try await write() == ["names.json", "edgecrab.sqlite"])
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let bytes = try #require(FileManager.default.contents(atPath: file))
    #expect(bytes.range(of: Data("s3cret".utf8)) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["backup.tar", "home"])
    try FileManager.default.removeItem(atPath: home)
    let outcome = try restore()
    #expect(outcome.replaced == nil && outcome.files == ["names.json", "edgecrab.sqlite"])
    #expect(try await isClaimed("p1"))
    #expect(!FileManager.default.fileExists(atPath: home + "/rules.last-good.yaml"))
    for name in ["edgecrab.sqlite", "names.json"] {
      let mode = try FileManager.default.attributesOfItem(atPath: home + "/" + name)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func `a restore refuses a folder with files, or moves them aside`() async throws {
    try await fill(claiming: "p1")
    _ = try await write()
    try FileManager.default.removeItem(atPath: store)
    try await fill(claiming: "p2")
    let before = try names()
    #expect(try refusal().contains("has a `names.json` already; restore into an empty folder, or move its files aside"))
    #expect(try names() == before)
    let replaced = try #require(try restore(replaces: true).replaced)
    #expect(try await isClaimed("p1"))
    #expect(try await !isClaimed("p2"))
    #expect(FileManager.default.fileExists(atPath: replaced + "/edgecrab.sqlite"))
    #expect(FileManager.default.fileExists(atPath: home + "/.env"))
  }

  @Test func `a restore is refused while a gateway has the store open`() async throws {
    try await fill(claiming: "p1")
    _ = try await write()
    let opened = try SQLiteStore(path: store, logger: .silent)
    let text = try refusal(replaces: true)
    #expect(text == "a gateway uses `\(home)`, and nothing was changed; stop it, then restore again")
    await opened.close()
  }

  @Test func `what is in the way of asking a gateway for a copy is named`() async throws {
    try await fill(claiming: "p1")
    let opened = try SQLiteStore(path: store, logger: .silent)
    let copy = try folder.write("", to: "home/edgecrab.sqlite.copy")
    let error = await #expect(throws: BackupError.self) { try await write() }
    let text = error?.description ?? ""
    #expect(text.contains("`\(copy)` cannot be opened (not a directory)"), "\(text)")
    await opened.close()
  }

  @Test(arguments: ["names.json", "journal.sqlite"])
  func `a link that leads nowhere is neither left out of a backup nor replaced unseen`(name: String) async throws {
    try await fill(claiming: "p1")
    _ = try await write()
    let (link, target) = (home + "/" + name, folder.path("nowhere"))
    try? FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    let other = folder.path("other.tar")
    let backup = Backup(home: home, version: "1")
    let error = await #expect(throws: BackupError.self) { try await backup.write(to: other) }
    let text = error?.description ?? ""
    #expect(text.contains("`\(link)` cannot be read"), "\(text)")
    #expect(!FileManager.default.fileExists(atPath: other))
    for present in try names() where present != name {
      try FileManager.default.removeItem(atPath: home + "/" + present)
    }
    #expect(try refusal().contains("has a `\(name)` already"))
    let replaced = try #require(try restore(replaces: true).replaced)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: replaced + "/" + name) == target)
    #expect(try await isClaimed("p1"))
  }

  @Test func `a restore that fails halfway takes its changes back`() async throws {
    try await fill(claiming: "p1")
    _ = try await write()
    try FileManager.default.removeItem(atPath: store)
    try await fill(claiming: "p2")
    // A file on which another is mounted cannot be renamed. Only root may mount one.
    let stuck = try folder.write("", to: "home/edgecrab.sqlite-shm")
    guard mount(stuck, stuck, "", UInt(MS_BIND), nil) == 0 else { return }
    let before = try names()
    let text = try refusal(replaces: true)
    umount2(stuck, Int32(MNT_DETACH))
    #expect(text.contains("edgecrab.sqlite-shm` cannot be written"), "\(text)")
    #expect(try names() == before)
    try FileManager.default.removeItem(atPath: stuck)
    #expect(try await isClaimed("p2"))
  }

  @Test func `root does not restore into the folder of another user`() async throws {
    try await fill(claiming: "p1")
    _ = try await write()
    guard geteuid() == 0, chown(home, 54_321, 54_321) == 0 else { return }
    let before = try names()
    let text = try refusal(replaces: true)
    #expect(text.contains("`\(home)` belongs to another user") && text.contains("sudo -u '#54321' "), "\(text)")
    #expect(try names() == before)
  }

  @Test func `root's backup follows no link in the folder of another user`() async throws {
    try await fill(claiming: "p1")
    let lock = store + ".lock"
    let target = try folder.write("", to: "precious")
    try FileManager.default.removeItem(atPath: lock)
    try FileManager.default.createSymbolicLink(atPath: lock, withDestinationPath: target)
    let hasOtherOwner = geteuid() == 0 && chown(home, 54_321, 54_321) == 0
    await #expect(throws: BackupError.self) { try await write() }
    #expect(owner(of: target) == geteuid())
    // A new one belongs to the owner of the folder.
    try FileManager.default.removeItem(atPath: lock)
    _ = try await write()
    #expect(owner(of: lock) == (hasOtherOwner ? 54_321 : geteuid()))
  }

  @Test(arguments: [
    "CREATE TRIGGER t AFTER INSERT ON claims BEGIN DELETE FROM claims; END", "CREATE VIEW v AS SELECT * FROM claims",
    "CREATE TABLE more (a)", "DROP TABLE claims", "ALTER TABLE claims ADD COLUMN more TEXT",
  ])
  func `a store with a schema of its own is refused`(change: String) async throws {
    try await fill(claiming: "p1")
    let foreign = try DatabaseQueue(path: store)
    try await foreign.write { try $0.execute(sql: change) }
    try foreign.close()
    _ = try await write()
    let text = try refusal(replaces: true)
    #expect(text.contains("its tables are not those of a store"), "\(text)")
    #expect(FileManager.default.fileExists(atPath: store))
  }

  @Test func `a file that claims to be larger than it may be is refused before it is unpacked`() throws {
    for (name, size, problem) in [
      ("edgecrab-backup.json", 5_000, "its edgecrab-backup.json is too large"),
      ("names.json", 200 << 20, "its names.json is too large"), ("edgecrab.sqlite", 1 << 30, "it ends early"),
    ] {
      try? FileManager.default.removeItem(atPath: file)
      let archive = try FileAccess(creating: file)
      let tar = TarWriter(archive, seconds: 0)
      if name != "edgecrab-backup.json" { try tar.add("edgecrab-backup.json", Array(#"{"format": 1}"#.utf8)) }
      try archive.write(TarHeader(name: name, size: Int64(size)).block(seconds: 0))
      try tar.finish()
      #expect(try refusal().contains(problem))
    }
  }

  @Test(arguments: ["cut", "other", "no store", "newer", "newer format", "damaged", "damaged names", "missing"])
  func `a file that is no usable backup changes nothing`(kind: String) async throws {
    try await fill(claiming: "p1")
    if kind == "newer" {
      let newer = try DatabaseQueue(path: store)
      try await newer.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 from the future')") }
      try newer.close()
    }
    if kind == "damaged names" { _ = try folder.write(#"{"bot": "b", "names": [1]}"#, to: "home/names.json") }
    _ = try await write()
    let bytes = try #require(FileManager.default.contents(atPath: file))
    let archive = URL(filePath: file)
    switch kind {
    case "cut": try bytes.prefix(bytes.count / 2).write(to: archive)
    case "other": try Data("not an archive, but long enough to look like one".utf8).write(to: archive)
    case "damaged":
      var damaged = bytes
      // Within the pages of the store, whose name stands in its header.
      let start = try #require(bytes.range(of: Data("edgecrab.sqlite\0".utf8))).lowerBound + 512 + 200
      damaged.replaceSubrange(start..<start + 20_000, with: Data(repeating: 0xA5, count: 20_000))
      try damaged.write(to: archive)
    case "missing": try FileManager.default.removeItem(at: archive)
    case "no store", "newer format":
      try FileManager.default.removeItem(at: archive)
      let tar = TarWriter(try FileAccess(creating: file), seconds: 0)
      try tar.add("edgecrab-backup.json", Array(#"{"format": \#(kind == "no store" ? 1 : 2)}"#.utf8))
      try tar.finish()
    default: break
    }
    let before = try names()
    let text = try refusal(replaces: true)
    let expected = [
      "cut": "it ends early", "other": "it ends early", "no store": "it contains no store",
      "newer": "was made by a newer edgecrab", "newer format": "was made by a newer edgecrab",
      "damaged": "is not a backup of edgecrab, or damaged",
      "damaged names": "its names.json cannot be read", "missing": "cannot be read (no such file or directory)",
    ]
    #expect(text.contains(expected[kind] ?? ""), "\(text)")
    #expect(try names() == before)
  }

  @Test func `an existing file is not overwritten, and a folder without a store has no backup`() async throws {
    await #expect(throws: BackupError.nothingToSave(home)) { try await write() }
    try await fill(claiming: "p1")
    _ = try folder.write("precious", to: "backup.tar")
    await #expect(throws: BackupError.exists(file)) { try await write() }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
  }

  @Test func `a full disk leaves no file`() async throws {
    try await fill(claiming: "p1")
    let disk = folder.path("small")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    // Only root may mount one.
    guard mount("tmpfs", disk, "tmpfs", 0, "size=32k") == 0 else { return }
    defer { umount2(disk, Int32(MNT_DETACH)) }
    let backup = Backup(home: home, version: "1")
    let error = await #expect(throws: BackupError.self) { try await backup.write(to: disk + "/backup.tar") }
    let text = error?.description ?? ""
    let sentence = "there is no room for the backup `\(disk)/backup.tar`, which needs twice the size of the store"
    #expect(text.contains(sentence) && text.contains("free some space"), "\(text)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
  }

  @Test func `a store of an older version is kept before it is upgraded, and is restored like any other`() async throws
  {
    let old = try DatabaseQueue(path: store)
    try StoreSchema.migrator.migrate(old, upTo: "12 failures")
    // Of a time at which it is not pruned.
    let claim = "INSERT INTO claims (post, claimed_at, done) VALUES ('p1', 4000000000000, 1)"
    try await old.write { try $0.execute(sql: claim) }
    try old.close()
    _ = try await write()
    let opened = try SQLiteStore(path: store, logger: .silent)
    await opened.close()
    let kept = try DatabaseQueue(path: store + ".before-upgrade")
    let (last, claimed) = try await kept.read { db in
      (try StoreSchema.migrator.completedMigrations(db).last, try String.fetchOne(db, sql: "SELECT post FROM claims"))
    }
    #expect(last == "12 failures" && claimed == "p1")
    try kept.close()
    _ = try restore(replaces: true)
    #expect(try await isClaimed("p1"))
  }
}
