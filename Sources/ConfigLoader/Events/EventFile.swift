import Core
import FoundationEssentials
import Glibc
import SystemPackage

/// Reads files of events, one a line, of any length, without loading them.
package enum EventFile {
  /// The file name that means standard input.
  package static let standardInput = "-"

  /// Calls `body` for every event of a file, in order, with the number of its line. Empty lines are skipped.
  ///
  /// - Parameter path: a file, a pipe, or `-` for standard input.
  /// - Throws: `EventFileError`, or the error that `body` throws.
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

/// The lines of a file that are not empty, one at a time.
private struct LineStream: ~Copyable {
  private let file: FileDescriptor
  private let name: String
  private var buffer: [UInt8] = []
  private var start = 0
  private var total: Int64 = 0
  private var isAtEnd = false
  /// The number of the last line that was read, from 1.
  private(set) var number = 0

  init(path: String, name: String) throws(EventFileError) {
    self.name = name
    file = FileDescriptor(
      rawValue: path == EventFile.standardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC))
    guard file.rawValue >= 0 else {
      throw EventFileError(file: name, line: nil, reason: .file(FileProblem(SystemError())))
    }
  }

  deinit { try? file.close() }

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
    let chunk: [UInt8]
    do throws(FileProblem) {
      chunk = try file.chunk(upTo: Limits.eventChunkBytes)
    } catch {
      throw EventFileError(file: name, line: nil, reason: .file(error))
    }
    isAtEnd = chunk.isEmpty
    total += Int64(chunk.count)
    guard total <= Limits.eventFileBytesMax else { throw EventFileError(file: name, line: nil, reason: .tooLarge) }
    buffer += chunk
  }
}

extension ArraySlice<UInt8> {
  fileprivate var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}
