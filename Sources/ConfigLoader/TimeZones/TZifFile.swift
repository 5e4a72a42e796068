package import RuleEngine

/// A compiled zone of the tz database (TZif, RFC 9636) of version 2 or later.
///
/// Only the offsets are read: rules do not use abbreviations and daylight saving flags.
package struct TZifFile {
  /// The changes of the offset through the year 2100; the first applies to all earlier times.
  package let changes: [TimeZoneTable.Change]

  /// The reason why bytes cannot be used as a zone.
  package enum Problem: Error, Equatable {
    /// They have no magic number.
    case notCompiled
    /// They are truncated, or violate the format.
    case malformed
    /// They are of version 1, which ends in 2037.
    case version1
    /// They count leap seconds, like those below `right`; the times of posts do not.
    case leapSeconds
  }

  /// Parses the bytes of a file.
  package init(_ bytes: [UInt8]) throws(Problem) {
    var bytes = Bytes(rest: bytes[...])
    // The first block is for programs with 32-bit times.
    let old = try Header(&bytes)
    guard old.version >= UInt8(ascii: "2") else { throw .version1 }
    _ = try bytes.take(old.blockLength(timeLength: 4))
    let header = try Header(&bytes)
    guard header.leapSeconds == 0 else { throw .leapSeconds }
    guard header.types > 0 else { throw .malformed }

    let times = try bytes.numbers(header.times, length: 8)
    let typeOfTime = try bytes.take(header.times)
    let offsets = try bytes.offsets(header.types)
    _ = try bytes.take(header.letters + header.standardFlags + header.universalFlags)
    let rule = try bytes.footer()

    guard zip([.min] + times, times).allSatisfy(<), typeOfTime.allSatisfy({ $0 < header.types }) else {
      throw .malformed
    }
    let known = zip(times, typeOfTime).map { TimeZoneTable.Change(at: $0, offset: offsets[Int($1)]) }
    // A zone without known changes has only a rule.
    let first = known.isEmpty ? rule?.standard ?? offsets[0] : offsets[0]
    let last = times.last ?? .min
    let following = (rule?.changes(in: Limits.zoneYears) ?? []).filter { $0.at > last }
    changes = [TimeZoneTable.Change(at: .min, offset: first)].following(known + following)
  }
}

extension [TimeZoneTable.Change] {
  /// Returns these and the later changes without those that change nothing; of two at the same time, the second.
  fileprivate func following(_ later: [TimeZoneTable.Change]) -> Self {
    later.reduce(into: self) { changes, change in
      if changes.last?.at == change.at { changes.removeLast() }
      if changes.last?.offset != change.offset { changes.append(change) }
    }
  }
}

/// The header of a block (RFC 9636, section 3.1).
private struct Header {
  let version: UInt8
  let universalFlags, standardFlags, leapSeconds, times, types, letters: Int

  init(_ bytes: inout Bytes) throws(TZifFile.Problem) {
    guard bytes.rest.starts(with: "TZif".utf8) else { throw .notCompiled }
    let head = try bytes.take(20)
    version = head[head.startIndex + 4]
    let counts = try bytes.numbers(6, length: 4).map { Int(UInt32(truncatingIfNeeded: $0)) }
    (universalFlags, standardFlags, leapSeconds) = (counts[0], counts[1], counts[2])
    (times, types, letters) = (counts[3], counts[4], counts[5])
  }

  /// Returns the length of the block after its header; six counts of 32 bits cannot overflow it.
  func blockLength(timeLength: Int) -> Int {
    times * (timeLength + 1) + types * 6 + letters + leapSeconds * (timeLength + 4) + standardFlags + universalFlags
  }
}

/// The unread bytes of a file.
private struct Bytes {
  var rest: ArraySlice<UInt8>

  mutating func take(_ count: Int) throws(TZifFile.Problem) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw .malformed }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// Reads signed big-endian numbers.
  mutating func numbers(_ count: Int, length: Int) throws(TZifFile.Problem) -> [Int64] {
    let bytes = try take(count * length)
    return stride(from: bytes.startIndex, to: bytes.endIndex, by: length).map { start in
      let number = bytes[start..<start + length].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return length == 8 ? Int64(bitPattern: number) : Int64(Int32(truncatingIfNeeded: number))
    }
  }

  /// Reads the offsets of the types of local time, in seconds east of UTC. RFC 9636 limits them to -25…26 hours.
  mutating func offsets(_ count: Int) throws(TZifFile.Problem) -> [Int] {
    var offsets: [Int] = []
    for _ in 0..<count {
      let offset = Int(try numbers(1, length: 4)[0])
      _ = try take(2)
      guard -25 * 3_600 < offset, offset < 26 * 3_600 else { throw .malformed }
      offsets.append(offset)
    }
    return offsets
  }

  /// Reads the rule for the time after the last known change, between two line feeds, or returns `nil` if it is empty.
  mutating func footer() throws(TZifFile.Problem) -> POSIXTimeZoneRule? {
    let feed = UInt8(ascii: "\n")
    guard rest.first == feed, let end = rest.dropFirst().firstIndex(of: feed) else { throw .malformed }
    let text = rest[rest.startIndex + 1..<end]
    if text.isEmpty { return nil }
    guard let rule = POSIXTimeZoneRule(text) else { throw .malformed }
    return rule
  }
}
