package import Figures
import Foundation
import TestSupport

/// Measures what PostgreSQL waits for when it commits: the disk that its data are on.
package enum DiskBench {
  private static let count = 500

  package static func run() async throws -> [Figure] {
    let times = try times()
    return [
      Figure("fdatasync of a page, p50, ms", .number(quantile(times, 0.5)), places: 2),
      Figure("the same, p99", .number(quantile(times, 0.99)), places: 2),
    ]
  }

  /// Writes pages, and returns the milliseconds until each was on the disk.
  package static func times() throws -> [Double] {
    let folder = try TemporaryFolder()
    let file = open(folder.path("wal"), O_RDWR | O_CREAT, 0o600)
    guard file >= 0 else { throw TestFailure("no file can be written") }
    defer { close(file) }
    // The log is written to files of full size, too, a page at a time.
    let page = [UInt8](repeating: 7, count: 8_192)
    for _ in 0..<count { write(file, page, page.count) }
    fsync(file)
    lseek(file, 0, SEEK_SET)
    var times: [Double] = []
    for _ in 0..<count {
      let start = ContinuousClock.now
      write(file, page, page.count)
      guard fdatasync(file) == 0 else { throw TestFailure("the disk failed") }
      times.append((ContinuousClock.now - start) / .milliseconds(1))
    }
    return times
  }
}
