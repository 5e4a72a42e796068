import FoundationEssentials
import Glibc

/// Files of events, one a line, of any length: they are read as they stream by.
package enum EventFile {
  /// The file name that stands for standard input.
  package static let standardInput = "-"

  /// Gives every event of a file to `body`, in order, with the number of its line. Empty lines are passed over.
  ///
  /// - Parameter path: a file, a pipe, or `-` for standard input.
  /// - Throws: the first thing that is wrong, or what `body` throws.
  package static func forEach(
    _ path: String, defaults: EventDefaults, _ body: (Int, EventLine) throws -> Void
  ) throws {
    let name = path == standardInput ? "standard input" : path
    var lines = try LineStream(path: path, name: name)
    while let line = try lines.next() {
      let event: EventLine
      do throws(EventLineError) {
        event = try EventLine(json: line, defaults: defaults)
      } catch {
        throw EventFileError(file: name, line: lines.number, reason: .line(error))
      }
      try body(lines.number, event)
    }
  }
}

/// The lines of a file that hold anything, and never more than one of them in memory.
private struct LineStream: ~Copyable {
  private let file: Int32
  private let name: String
  private var buffer: [UInt8] = []
  private var start = 0
  private var total: Int64 = 0
  private var isAtEnd = false
  /// The number of the last line that was given, from 1.
  private(set) var number = 0

  init(path: String, name: String) throws(EventFileError) {
    self.name = name
    file = path == EventFile.standardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw EventFileError(file: name, line: nil, reason: .file(FileProblem(errno))) }
  }

  deinit { close(file) }

  mutating func next() throws(EventFileError) -> Data? {
    while true {
      if let end = lineEnd() {
        let line = buffer[start..<end]
        start = end + 1
        number += 1
        if line.isBlank { continue }
        return Data(line)
      }
      buffer.removeSubrange(..<start)
      start = 0
      if isAtEnd {
        defer { buffer = [] }
        guard !buffer[...].isBlank else { return nil }
        number += 1
        return Data(buffer)
      }
      guard buffer.count <= Limits.eventLineBytesMax else {
        throw EventFileError(file: name, line: number + 1, reason: .line(.tooLong))
      }
      try fill()
    }
  }

  private func lineEnd() -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let end = memchr(base + start, 0x0A, bytes.count - start) else { return nil }
      return UnsafeRawPointer(end) - base
    }
  }

  private mutating func fill() throws(EventFileError) {
    var failure: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: Limits.eventChunkBytes) { bytes, count in
      var read: Int
      repeat { read = Glibc.read(file, bytes.baseAddress, bytes.count) } while read < 0 && errno == EINTR
      if read < 0 { failure = errno }
      count = max(read, 0)
    }
    guard failure == 0 else { throw EventFileError(file: name, line: nil, reason: .file(FileProblem(failure))) }
    isAtEnd = chunk.isEmpty
    total += Int64(chunk.count)
    guard total <= Limits.eventFileBytesMax else { throw EventFileError(file: name, line: nil, reason: .tooLarge) }
    buffer += chunk
  }
}

extension ArraySlice<UInt8> {
  fileprivate var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}
