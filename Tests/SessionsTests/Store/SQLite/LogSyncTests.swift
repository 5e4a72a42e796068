import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Sessions

@Suite
struct LogSyncTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Returns a log that cannot be written to the disk.
  private func failing() throws -> LogSync {
    let path = folder.path("failing")
    try FileManager.default.createSymbolicLink(atPath: path + "-wal", withDestinationPath: "/dev/null")
    return try LogSync(store: path)
  }

  @Test func `a log that failed once fails for all later transactions`() async throws {
    let log = try failing()
    await #expect(throws: StoreError.self) { try await log.wait(for: log.count()) }
    // The system would now say that everything is on the disk.
    await #expect(throws: StoreError.self) { try await log.wait(for: 0) }
  }

  @Test func `a log that does not exist is reported`() {
    #expect(throws: StoreError.self) { try LogSync(store: folder.path("missing")) }
  }

  @Test func `what a failing log may have lost is copied into the file`() async throws {
    let path = folder.path("edgecrab.sqlite")
    let failing = try failing()
    let opened = Mutex(0)
    let store = try SQLiteStore(path: path, busySeconds: 0, logger: .silent) { path throws(StoreError) in
      let isFirst = opened.withLock { count in
        count += 1
        return count == 1
      }
      return isFirst ? failing : try LogSync(store: path)
    }
    for id in ["p1", "p2"] { try await store.add(Reply(id: ReplyID(text: id), text: "Hello."), payload: "") }
    // The first reply is in the file itself, and the second one waited for another log.
    #expect(try Data(contentsOf: URL(filePath: path)).range(of: Data("Hello.".utf8)) != nil)
    #expect(opened.withLock(\.self) == 2)
    #expect(try await store.pendingReplies().map(\.reply.id) == ["p1", "p2"])
  }
}
