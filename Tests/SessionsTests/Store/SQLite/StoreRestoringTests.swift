import Agents
import Core
import Foundation
import Logging
import TestSupport
import Testing

@testable import Sessions

/// Somebody deletes the files of a store that is open.
@Suite struct StoreRestoringTests {
  private let folder: TemporaryFolder
  private let messages = AsyncQueue<String>()
  private let store: SQLiteStore
  private var path: String { folder.path("home/edgecrab.sqlite") }

  init() throws {
    folder = try TemporaryFolder()
    store = try SQLiteStore(
      path: folder.path("home/edgecrab.sqlite"),
      logger: Logger(label: "test") { [messages] _ in QueueLogHandler(messages: messages) })
  }

  private func expectKept(_ claims: [Claim]) async throws {
    await store.close()
    let next = try SQLiteStore(path: path, logger: .silent)
    for claim in claims { #expect(try await next.isClaimed(claim), "\(claim)") }
    await next.close()
  }

  @Test(arguments: [
    ["home"], ["home/edgecrab.sqlite"], ["home/edgecrab.sqlite-wal"], ["home/edgecrab.sqlite.lock"],
    ["home/edgecrab.sqlite", "home/edgecrab.sqlite-wal"],
  ])
  func `deleted files are written again with the next claim, and nothing is lost`(names: [String]) async throws {
    #expect(try await store.claim("before"))
    for name in names { try FileManager.default.removeItem(atPath: folder.path(name)) }
    #expect(try await store.claim("after"))
    #expect(try await !store.claim("before"))
    guard case .restored = store.condition else {
      Issue.record("\(store.condition)")
      return
    }
    var said = ""
    while !said.contains("deleted while the gateway runs") { said = try await messages.next("a word on it") }
    for name in ["", "-wal", ".lock"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: path + name)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
    }
    #expect(throws: StoreError.self) { try SQLiteStore(path: path, logger: .silent) }
    try await expectKept(["before", "after"])
  }

  @Test func `a look notices it while nothing is written`() async throws {
    #expect(await store.check() == .sound)
    try FileManager.default.removeItem(atPath: folder.path("home"))
    guard case .restored = await store.check() else { Issue.record("\(store.condition)"); return }
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func `while they cannot be written, nothing is claimed; later they are, and nothing is lost`() async throws {
    #expect(try await store.claim("before"))
    try FileManager.default.removeItem(atPath: folder.path("home"))
    _ = try folder.write("in the way", to: "home")
    for _ in 0..<2 {
      let error = await #expect(throws: StoreError.self) { try await store.claim("meanwhile") }
      #expect(error?.code == .deleted && error?.description.contains("do not restart the gateway") == true)
    }
    #expect(try await store.isClaimed("before"))
    try FileManager.default.removeItem(atPath: folder.path("home"))
    #expect(try await store.claim("after"))
    try await expectKept(["before", "after"])
  }

  @Test func `another file in its place is left alone, and what was known is saved beside it`() async throws {
    #expect(try await store.claim("before"))
    try FileManager.default.removeItem(atPath: path)
    try Data("another".utf8).write(to: URL(filePath: path))
    let error = await #expect(throws: StoreError.self) { try await store.claim("after") }
    #expect(error?.code == .replaced)
    #expect(await store.check() == .replaced(try #require(error)))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "another")
    let saved = try #require(error?.detail.split(separator: "`").last).description
    await store.close()
    let rescued = try SQLiteStore(path: saved, logger: .silent)
    #expect(try await rescued.isClaimed("before"))
    await rescued.close()
  }
}
