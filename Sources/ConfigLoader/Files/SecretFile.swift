/// Reads files that hold one secret, such as a token.
package enum SecretFile {
  /// The reason why there is no secret. It never contains the file's content.
  package enum Problem: Error, Sendable, Equatable {
    case unreadable(FileProblem)
    case empty
    /// The rest of a secret would be missing.
    case tooLarge

    /// The problem as the end of a sentence about the file.
    package var reason: String {
      switch self {
      case .unreadable(let problem): problem.reason
      case .empty: "it is empty"
      case .tooLarge: "it is larger than \(Limits.secretBytesMax) bytes"
      }
    }
  }

  /// Returns the text of a file, or of a pipe if that is allowed, without line feeds at its end.
  static func read(_ path: String, mayBePipe: Bool = false) throws(Problem) -> String {
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = try FileBytes.read(path, max: Limits.secretBytesMax + 1, mayBePipe: mayBePipe).bytes
    } catch {
      throw .unreadable(error)
    }
    return try text(of: bytes)
  }

  /// Returns the text of the file or pipe of an option, or of standard input if that is `-`.
  package static func read(option: String) throws(Problem) -> String {
    guard option == "-" else { return try read(option, mayBePipe: true) }
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = try FileBytes.standardInput(max: Limits.secretBytesMax + 1)
    } catch {
      throw .unreadable(error)
    }
    return try text(of: bytes)
  }

  private static func text(of bytes: [UInt8]) throws(Problem) -> String {
    guard bytes.count <= Limits.secretBytesMax else { throw .tooLarge }
    let end = bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }.map { $0 + 1 } ?? 0
    guard end > 0 else { throw .empty }
    // Bytes that are not UTF-8 become a character that no token has.
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}
