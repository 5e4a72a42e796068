import Core

/// A block of a tar archive that describes the file after it: the `ustar` format of POSIX.1-2024, pax.
struct TarHeader {
  static let blockBytes = 512

  let name: String
  let size: Int64

  /// The bytes that fill the last block of the file.
  var padding: Int { Int((Int64(Self.blockBytes) - size % Int64(Self.blockBytes)) % Int64(Self.blockBytes)) }

  init(name: String, size: Int64) {
    self.name = name
    self.size = size
  }

  /// Reads a block; `nil` is the end of the archive, a block of zeros.
  ///
  /// - Throws: The reason why the block is not the header of a regular file.
  init?(block: [UInt8]) throws(TarError) {
    guard block.contains(where: { $0 != 0 }) else { return nil }
    guard block.count == Self.blockBytes, Self.text(block[257..<262]) == "ustar",
      let sum = Int64(Self.text(block[148..<156]), radix: 8), sum == Self.sum(block)
    else { throw TarError("it has no tar header where one belongs") }
    guard block[156] == UInt8(ascii: "0"), let size = Int64(Self.text(block[124..<136]), radix: 8), size >= 0 else {
      throw TarError("it contains something that is not a regular file")
    }
    name = Self.text(block[..<100])
    self.size = size
  }

  /// The block, for a file that only its owner may read.
  func block(seconds: Int64) -> [UInt8] {
    var block: [UInt8] = Array(repeating: 0, count: Self.blockBytes)
    func put(_ text: String, at index: Int) {
      block.replaceSubrange(index..<index + text.utf8.count, with: text.utf8)
    }
    put(name, at: 0)
    put("0000600", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(Self.octal(size, digits: 11), at: 124)
    put(Self.octal(seconds, digits: 11), at: 136)
    put("0", at: 156)
    put("ustar\u{0}00", at: 257)
    put(Self.octal(Self.sum(block), digits: 6) + "\u{0} ", at: 148)
    return block
  }

  /// The sum of the bytes, with spaces in place of the sum itself.
  private static func sum(_ block: [UInt8]) -> Int64 {
    block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int64(block[$1])) }
  }

  private static func octal(_ number: Int64, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// The text before a zero, without spaces.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }.filter { $0 != 0x20 }, as: UTF8.self)
  }
}

/// The reason why bytes are not a tar archive.
struct TarError: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Writes an archive, one file after the other.
struct TarWriter {
  private let file: FileAccess
  private let seconds: Int64

  init(_ file: FileAccess, seconds: Int64) {
    self.file = file
    self.seconds = seconds
  }

  func add(_ name: String, _ bytes: [UInt8]) throws(BackupError) {
    let header = TarHeader(name: name, size: Int64(bytes.count))
    try file.write(header.block(seconds: seconds) + bytes + Array(repeating: 0, count: header.padding))
  }

  /// Adds a file with the size that it has now.
  func add(_ name: String, _ source: FileAccess) throws(BackupError) {
    let header = TarHeader(name: name, size: try source.size())
    guard header.size <= Limits.fileBytesMax else { throw .tooLarge(name) }
    try file.write(header.block(seconds: seconds))
    var left = header.size
    while left > 0 {
      let chunk = try source.bytes(atMost: Int(min(left, Int64(Limits.chunkBytes))))
      guard !chunk.isEmpty else { throw .notRead(source.path, "it became shorter while it was copied") }
      try file.write(chunk)
      left -= Int64(chunk.count)
    }
    try file.write(Array(repeating: 0, count: header.padding))
  }

  /// Ends the archive and waits until it is on the disk.
  func finish() throws(BackupError) {
    try file.write(Array(repeating: 0, count: 2 * TarHeader.blockBytes))
    try file.synchronize()
  }
}

/// Reads an archive, one file after the other.
struct TarReader {
  private let file: FileAccess

  init(_ file: FileAccess) { self.file = file }

  /// Returns the header of the next file, or `nil` at the end. Read its bytes before the next one.
  func next() throws(BackupError) -> TarHeader? {
    let block = try exactly(TarHeader.blockBytes)
    do throws(TarError) {
      return try TarHeader(block: block)
    } catch {
      throw .notABackup(file.path, error.reason)
    }
  }

  /// Passes the bytes of a file on in chunks.
  func read(_ header: TarHeader, _ body: ([UInt8]) throws(BackupError) -> Void) throws(BackupError) {
    var left = header.size
    while left > 0 {
      let chunk = try file.bytes(atMost: Int(min(left, Int64(Limits.chunkBytes))))
      guard !chunk.isEmpty else { throw endsEarly }
      try body(chunk)
      left -= Int64(chunk.count)
    }
    _ = try exactly(header.padding)
  }

  /// Returns the bytes of a file, which the caller has found small enough.
  func bytes(_ header: TarHeader) throws(BackupError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(header) { chunk throws(BackupError) in bytes += chunk }
    return bytes
  }

  private func exactly(_ count: Int) throws(BackupError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let chunk = try file.bytes(atMost: count - bytes.count)
      guard !chunk.isEmpty else { throw endsEarly }
      bytes += chunk
    }
    return bytes
  }

  /// The error of an archive that lacks its end.
  var endsEarly: BackupError { .notABackup(file.path, "it ends early") }
}
