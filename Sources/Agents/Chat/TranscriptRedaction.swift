import Core

extension ChatTranscript {
  /// Returns an endpoint's text without its quotations of the conversation: logs must not contain what people write.
  /// Only pieces of `Limits.quotationBytesMin` bytes count as quotations; shorter ones occur in any text.
  func redactingTranscript(in text: String) -> String {
    let pieces = RollingPieces.of(Array(text.utf8))
    guard !pieces.isEmpty else { return text }
    var quoted: Set<UInt64> = []
    for case .text(let text) in turns.flatMap(\.contents) {
      RollingPieces.forEach(in: text.utf8) { hash, _ in if pieces[hash] != nil { quoted.insert(hash) } }
    }
    guard !quoted.isEmpty else { return text }
    var isQuoted = [Bool](repeating: false, count: text.utf8.count)
    for hash in quoted {
      for start in pieces[hash] ?? [] {
        for index in start..<(start + Limits.quotationBytesMin) { isQuoted[index] = true }
      }
    }
    return text.replacing(isQuoted)
  }
}

/// The pieces of `Limits.quotationBytesMin` bytes in a text, by a rolling hash (Rabin and Karp).
private enum RollingPieces {
  private static let base: UInt64 = 0x100_0000_01B3

  /// Returns the offsets of the pieces by their hashes.
  static func of(_ bytes: [UInt8]) -> [UInt64: [Int]] {
    var pieces: [UInt64: [Int]] = [:]
    forEach(in: bytes) { pieces[$0, default: []].append($1) }
    return pieces
  }

  static func forEach(in bytes: some Collection<UInt8>, _ body: (_ hash: UInt64, _ start: Int) -> Void) {
    let length = Limits.quotationBytesMin
    let highest = (1..<length).reduce(UInt64(1)) { power, _ in power &* base }
    var hash: UInt64 = 0
    var (count, first) = (0, bytes.startIndex)
    for byte in bytes {
      if count >= length {
        hash &-= UInt64(bytes[first]) &* highest
        first = bytes.index(after: first)
      }
      hash = hash &* base &+ UInt64(byte)
      count += 1
      if count >= length { body(hash, count - length) }
    }
  }
}

extension String {
  /// Returns the text with `[…]` in place of each run of characters that contain a marked byte.
  fileprivate func replacing(_ isMarked: [Bool]) -> String {
    var result = String.UnicodeScalarView()
    var (offset, lastIsMarked) = (0, false)
    for scalar in unicodeScalars {
      let end = offset + UTF8.width(scalar)
      let marked = isMarked[offset..<end].contains(true)
      if !marked { result.append(scalar) } else if !lastIsMarked { result.append(contentsOf: "[…]".unicodeScalars) }
      (offset, lastIsMarked) = (end, marked)
    }
    return String(result)
  }
}
