import Agents
import Core
import Foundation
import GRDB
import Glibc
import Logging
import TestSupport
import Testing

@testable import Sessions

@Suite
struct StoreErrorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func opening(_ path: String) throws -> StoreError {
    try #require(throws: StoreError.self) { try SQLiteStore(path: path, logger: .silent) }
  }

  @Test func `a store in use by another gateway cannot be opened`() async throws {
    let path = folder.path("edgecrab.sqlite")
    let first = try SQLiteStore(path: path, logger: .silent)
    let error = try opening(path)
    #expect(error.code == .inUse)
    #expect("\(error)".contains("`\(path)` is in use by another edgecrab gateway; stop that one"))
    await first.close()
    let second = try SQLiteStore(path: path, logger: .silent)
    #expect(try await second.claim("p1"))
  }

  @Test func `a store that is no longer used can be opened again`() throws {
    let path = folder.path("edgecrab.sqlite")
    _ = try SQLiteStore(path: path, logger: .silent)
    _ = try SQLiteStore(path: path, logger: .silent)
  }

  @Test(arguments: [
    Data("This is not a database at all, but it is long enough to look like one. ".utf8) + Data(count: 4096),
    Data("SQLite format 3\0".utf8) + Data(repeating: 0xA5, count: 8192),
  ])
  func `a file that is not a database is reported and left alone`(content: Data) throws {
    let path = folder.path("edgecrab.sqlite")
    try content.write(to: URL(filePath: path))
    let error = try opening(path)
    #expect(error.code == .corrupt)
    #expect("\(error)".contains("damaged or not a database"))
    #expect("\(error)".contains("move it away"))
    #expect(try Data(contentsOf: URL(filePath: path)) == content)
  }

  @Test func `a store whose folder cannot be made cannot be opened`() throws {
    try Data().write(to: URL(filePath: folder.path("file")))
    let error = try opening(folder.path("file/edgecrab.sqlite"))
    #expect(error.code == .cannotOpen)
    #expect("\(error)".contains("not a directory"))
    #expect(try opening("/proc/edgecrab/edgecrab.sqlite").path == "/proc/edgecrab/edgecrab.sqlite")
  }

  @Test(arguments: ["", "/dev/null"])
  func `a folder or a device is not a store`(path: String) throws {
    #expect(try opening(path.isEmpty ? folder.url.path : path).code == .cannotOpen)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func `a store in a read-only folder cannot be opened`() throws {
    let locked = folder.path("locked")
    try FileManager.default.createDirectory(atPath: locked, withIntermediateDirectories: false)
    chmod(locked, 0o500)
    defer { chmod(locked, 0o700) }
    let error = try opening(locked + "/edgecrab.sqlite")
    #expect(error.code == .readOnly)
    #expect("\(error)".contains("give the gateway's user the right to write"))
  }

  @Test func `a store of a newer edgecrab cannot be opened`() async throws {
    let path = folder.path("edgecrab.sqlite")
    let store = try SQLiteStore(path: path, logger: .silent)
    try await store.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 from the future')") }
    await store.close()
    let error = try opening(path)
    #expect(error.code == .newer)
    #expect("\(error)".contains("written by a newer edgecrab"))
  }

  @Test func `a full disk keeps what is stored and reports what does not fit`() async throws {
    let store = try SQLiteStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
    #expect(try await store.claim("p1"))
    try await store.limitPages()
    let error = try #require(
      await #expect(throws: StoreError.self) {
        for number in 0..<1_000 {
          let payload = String(repeating: "x", count: 1_000)
          _ = try await store.enqueue(Claim(text: "w\(number)"), session: .channel("c"), payload: payload, at: Date())
        }
      })
    #expect(error.code == .full)
    #expect("\(error)".contains("is full; free some space"))
    #expect(try await !store.claim("p1"))
  }

  @Test func `while a full disk does not take a claim, no other is made, and it is finished later`() async throws {
    let path = folder.path("edgecrab.sqlite")
    let store = try SQLiteStore(path: path, logger: .silent)
    #expect(try await store.claim("p0"))
    try await store.finish(["p0"])
    let first = Claim(text: String(repeating: "x", count: 100_000))
    try await store.limitPages()
    #expect(try await store.claim(first))
    var failures: [StoreError.Code?] = []
    func fails(_ change: () async throws(StoreError) -> Void) async {
      do throws(StoreError) { try await change() } catch { failures.append(error.code) }
    }
    await fails { () async throws(StoreError) in
      _ = try await store.enqueue(first, session: .channel("c"), payload: "x", at: Date())
    }
    await fails { () async throws(StoreError) in
      try await store.add(Reply(id: .answer(to: first), text: "not accepted"), payload: "", finishing: first)
    }
    await fails { () async throws(StoreError) in _ = try await store.claim("p2") }
    #expect(failures == [.full, .full, .full])
    #expect(try await store.isClaimed(first))
    #expect(try await !store.isClaimed("p2"))
    // A post that was answered is no failure.
    #expect(try await !store.claim("p0"))
    try await store.limitPages(to: 1_000)
    #expect(try await store.claim("p2"))
    await store.close()
    let next = try SQLiteStore(path: path, logger: .silent)
    #expect(try await next.unfinished() == [.claimed("p2")])
    #expect(try await !next.claim(first))
  }

  @Test func `what a full disk does not take is recorded later`() async throws {
    let store = try SQLiteStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
    let thread = PostID(rawValue: String(repeating: "x", count: 100_000))
    try await store.limitPages()
    try await store.joinThread(thread)
    #expect(try await !store.hasJoined(thread: thread))
    try await store.limitPages(to: 1_000)
    #expect(try await store.hasJoined(thread: thread))
  }

  @Test func `a store locked by another program is reported, and can be opened afterwards`() async throws {
    let path = folder.path("edgecrab.sqlite")
    try await SQLiteStore(path: path, logger: .silent).close()
    let other = try DatabaseQueue(path: path)
    try await other.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK")
    }
    let error = #expect(throws: StoreError.self) { try SQLiteStore(path: path, busySeconds: 0, logger: .silent) }
    #expect(error?.code == .locked)
    #expect("\(try #require(error))".contains("locked by another program"))
    try other.close()
    let store = try SQLiteStore(path: path, logger: .silent)
    #expect(try await store.claim("p1"))
  }

  @Test func `another program cannot lock a store that is open`() async throws {
    let path = folder.path("edgecrab.sqlite")
    let store = try SQLiteStore(path: path, logger: .silent)
    #expect(throws: DatabaseError.self) { try DatabaseQueue(path: path) }
    #expect(try await store.claim("p1"))
  }

  @Test func `a closed store throws`() async throws {
    let store = try SQLiteStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
    await store.close()
    await store.close()
    let error = await #expect(throws: StoreError.self) { try await store.pending() }
    #expect(error?.code == .closed)
  }

  @Test(arguments: StoreError.Code.allCases)
  func `every error says what happened, where and what to do`(code: StoreError.Code) {
    let text = "\(StoreError(code, path: "/home/x/.edgecrab/edgecrab.sqlite", detail: "some detail"))"
    #expect(text.contains("`/home/x/.edgecrab/edgecrab.sqlite`"))
    #expect(text.contains(";") || text.contains(":"))
    #expect(!text.contains("\n"))
  }
}

extension SQLiteStore {
  /// Lets the file grow by a few pages only, as a full disk would.
  fileprivate func limitPages(to more: Int = 4) throws {
    try read { db in
      let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(count + more)")
    }
  }
}
