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

/// An error in an event line.
package enum EventLineError: Error, Sendable, Equatable, CustomStringConvertible {
  case tooLong
  case notUTF8
  case notJSON
  case notAMap
  case unknownKey(String)
  case wrongType(String, expected: String)
  case wrongValue(String, String, allowed: [String])
  case badName(String, NameRole)
  case badMoment(String)
  case commandBesideText
}

/// An error that keeps an event file from being read to its end.
package struct EventFileError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Reason: Sendable, Equatable {
    case line(EventLineError)
    case file(FileProblem)
    case tooLarge
  }

  /// The file as the user named it.
  package let file: String
  /// The line, from 1; `nil` if the error concerns the whole file.
  package let line: Int?
  package let reason: Reason
}

extension EventLineError {
  package var description: String {
    switch self {
    case .tooLong: "the line is longer than \(Limits.eventLineBytesMax / 1024) KiB; an event takes less than one"
    case .notUTF8: "the line is not UTF-8; save the file as UTF-8"
    case .notJSON: #"the line is not JSON; write one event a line, like {"user": "alice", "text": "hello"}"#
    case .notAMap: #"an event is a map, like {"user": "alice", "text": "hello"}"#
    case .unknownKey(let key):
      if let nearest = Spelling.nearest(to: key, among: EventLineKey.allCases.map(\.rawValue)) {
        "unknown key \(quoted(key)); did you mean \(quoted(nearest))?"
      } else {
        "unknown key \(quoted(key)); an event has the keys of a test's `given`"
      }
    case .wrongType(let key, let expected): "\(quoted(key)) must be \(expected)"
    case .wrongValue(let key, let value, let allowed):
      "\(quoted(key)) cannot be \(quoted(value)); it is one of \(listed(allowed, "or"))"
    case .badName(let name, let role): "\(quoted(name)) cannot be \(role.phrase)"
    case .badMoment(let text): "\(quoted(text)) is not a date and time; write it like 2025-06-01T09:30:00Z"
    case .commandBesideText: #"`command` is allowed only with `"text": null`; write what was typed into `text`"#
    }
  }
}

extension EventFileError {
  package var description: String {
    let location = line.map { "\(file):\($0)" } ?? file
    return switch reason {
    case .line(let problem): "\(location): \(problem)"
    case .tooLarge:
      "\(location): the file is larger than \(Limits.eventFileBytesMax >> 30) GiB, the most that is read; split it"
    case .file(.missing): "there is no event file \(quoted(file)); check the path"
    case .file(.isBrokenLink): "the event file \(quoted(file)) is a broken link; repair or remove it"
    case .file(.isDirectory): "the event file \(quoted(file)) is a directory; name a file in it"
    case .file(.noPermission): "the event file \(quoted(file)) is not readable; make it readable with `chmod u+r`"
    case .file(.notAFile): "the event file \(quoted(file)) cannot be read"
    case .file(.other(let reason)): "the event file \(quoted(file)) cannot be read: \(reason)"
    }
  }
}
