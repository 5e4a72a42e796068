internal import CVectorscan
internal import Synchronization

/// Many patterns as one automaton: a text is read once, however many patterns there are, in time linear in its length.
///
/// Vectorscan keeps a mutable working memory beside the automaton; one is shared here behind a lock, since a scan takes
/// microseconds.
public final class TextMatcher: Sendable {
  /// How many patterns it looks for.
  public let count: Int
  // Immutable after init, and Vectorscan allows concurrent reads of a database.
  private nonisolated(unsafe) let database: OpaquePointer
  private let scratch: Mutex<Scratch>
  /// For each pattern that counts only as a word of its own, how many scalars it has.
  private let wordLengths: [Int?]

  private struct Scratch: @unchecked Sendable {
    // Only ever touched inside the lock.
    var pointer: OpaquePointer?
  }

  /// Compiles the patterns. There must be at least one.
  /// - Throws: the first pattern that cannot be used, and why.
  public init(_ patterns: [TextPattern]) throws(PatternError) {
    precondition(!patterns.isEmpty)
    count = patterns.count
    wordLengths = patterns.map { $0.kind == .word ? $0.text.unicodeScalars.count : nil }
    database = try Self.compile(patterns)
    var memory: OpaquePointer?
    guard hs_alloc_scratch(database, &memory) == HS_SUCCESS else {
      hs_free_database(database)
      throw PatternError(pattern: 0, message: "out of memory for matching")
    }
    scratch = Mutex(Scratch(pointer: memory))
  }

  deinit {
    scratch.withLock { _ = hs_free_scratch($0.pointer) }
    hs_free_database(database)
  }

  /// Why a regular expression cannot be used, or nil.
  public static func validate(expression: String, isCaseSensitive: Bool) -> PatternError? {
    do {
      hs_free_database(try compile([TextPattern(.expression, expression, isCaseSensitive: isCaseSensitive)]))
      return nil
    } catch {
      return error
    }
  }

  /// Which of the patterns are found in `text`.
  public func hits(in text: String) -> PatternHits {
    var text = text
    return text.withUTF8 { bytes in
      var scan = Scan(text: bytes, wordLengths: wordLengths, hits: PatternHits(count: count))
      // Vectorscan takes no null pointer, not even for an empty text.
      withUnsafePointer(to: CChar(0)) { empty in
        let start = bytes.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) } ?? empty
        withUnsafeMutablePointer(to: &scan) { scan in
          scratch.withLock { scratch in
            _ = hs_scan(
              database, start, UInt32(clamping: bytes.count), 0, scratch.pointer,
              { id, _, end, _, scan in
                scan?.assumingMemoryBound(to: Scan.self).pointee.found(Int(id), endingAt: Int(end))
                return 0
              }, scan)
          }
        }
      }
      return scan.hits
    }
  }

  private struct Scan {
    let text: UnsafeBufferPointer<UInt8>
    let wordLengths: [Int?]
    var hits: PatternHits

    mutating func found(_ pattern: Int, endingAt end: Int) {
      if let length = wordLengths[pattern], !text.isWord(ofScalars: length, endingAt: end) { return }
      hits.insert(pattern)
    }
  }

  private static func compile(_ patterns: [TextPattern]) throws(PatternError) -> OpaquePointer {
    for (index, pattern) in patterns.enumerated() {
      if pattern.text.isEmpty { throw PatternError(pattern: index, message: "empty", offset: 0) }
      if pattern.text.utf8.count > Limits.patternBytesMax {
        throw PatternError(
          pattern: index, message: "longer than \(Limits.patternBytesMax) bytes", offset: Limits.patternBytesMax)
      }
      if pattern.kind == .expression, let nul = pattern.text.utf8.firstIndex(of: 0) {
        let offset = pattern.text.utf8.distance(from: pattern.text.utf8.startIndex, to: nul)
        throw PatternError(pattern: index, message: "a NUL character; write \\x00", offset: offset)
      }
    }

    let expressions = patterns.map { Array($0.expression.utf8CString) }
    var database: OpaquePointer?
    var failure: UnsafeMutablePointer<hs_compile_error_t>?
    let status = withPointers(to: expressions) { pointers in
      hs_compile_multi(
        pointers, patterns.map(flags), (0..<UInt32(patterns.count)).map { $0 }, UInt32(patterns.count),
        UInt32(HS_MODE_BLOCK), nil, &database, &failure)
    }
    defer { hs_free_compile_error(failure) }
    if status == HS_SUCCESS, let database { return database }
    throw error(from: failure)
  }

  /// Words need every place at which they stand, since the first may lie inside a longer one; of the others one
  /// is enough. Only where a match ends is asked: to keep where it begins, Vectorscan refuses words of a hundred
  /// letters if some have forms of different lengths, as `s` and `k` do.
  private static func flags(_ pattern: TextPattern) -> UInt32 {
    let report = pattern.kind == .word ? 0 : HS_FLAG_SINGLEMATCH
    let caseless = pattern.isCaseSensitive ? 0 : HS_FLAG_CASELESS
    return UInt32(HS_FLAG_UTF8 | HS_FLAG_ALLOWEMPTY | report | caseless)
  }

  private static func withPointers<R>(
    to texts: [[CChar]], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
  ) -> R {
    var all = ContiguousArray<CChar>()
    let starts = texts.map { text in
      defer { all.append(contentsOf: text) }
      return all.count
    }
    return all.withUnsafeBufferPointer { buffer in
      let pointers = starts.map { start in buffer.baseAddress.map { $0 + start } }
      return pointers.withUnsafeBufferPointer { list in
        // The list is never empty: init and validate ask for at least one pattern.
        list.baseAddress.map(body).unsafelyUnwrapped
      }
    }
  }

  /// Vectorscan names the place at the end of its sentence: `Missing close parenthesis for group started at index 2.`
  /// The place is shown otherwise, so the sentence ends before it.
  private static func error(from failure: UnsafeMutablePointer<hs_compile_error_t>?) -> PatternError {
    guard let failure else { return PatternError(pattern: 0, message: "cannot be compiled") }
    var message = failure.pointee.message.map { String(cString: $0) } ?? "cannot be compiled"
    var offset: Int?
    while message.last == "." { message.removeLast() }
    if let index = message.firstRange(of: " at index ") {
      offset = Int(message[index.upperBound...])
      message.removeSubrange(index.lowerBound...)
      for end in [" for group started", " started"] where message.hasSuffix(end) { message.removeLast(end.count) }
    }
    let first = message.prefix(1).lowercased()
    return PatternError(
      pattern: max(0, Int(failure.pointee.expression)), message: first + message.dropFirst(), offset: offset)
  }
}
