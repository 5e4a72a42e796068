internal import CTextScan

/// Literals laid out for one pass over a text, by `text_scan` in C: a Swift loop with the bounds of its arrays checked
/// takes about twice the time (`make bench` prints both).
final class LiteralIndex: Sendable {
  static let literalsMax = Int(text_literals_max)

  // All of it is written in init and only read afterwards.
  private nonisolated(unsafe) let index: UnsafePointer<text_index>

  init(_ literals: [Literal]) {
    var bytes: [UInt8] = []
    var starts: [UInt32] = [0]
    for literal in literals {
      bytes += literal.bytes
      starts.append(UInt32(bytes.count))
    }
    let samples = Sampling.groups(of: literals).map(Self.samples)
    let index = text_index(
      samples: (samples[0], samples[1], samples[2], samples[3]), bytes: kept(bytes), starts: kept(starts),
      count: UInt32(literals.count))
    self.index = kept([index])
  }

  deinit {
    index.pointee.bytes.deallocate()
    index.pointee.starts.deallocate()
    let samples = index.pointee.samples
    for samples in [samples.0, samples.1, samples.2, samples.3] {
      samples.marks?.deallocate()
      samples.starts?.deallocate()
      samples.slots?.deallocate()
    }
    index.deallocate()
  }

  /// Looks for literals in a text, writes the numbers of those that it finds to `found`, and returns their count. It
  /// stops when `found` is full; called again with the same progress, it continues, and may find some literals again.
  func scan(_ text: String, _ progress: inout text_progress, into found: inout MutableSpan<UInt32>) -> Int {
    found.withUnsafeMutableBufferPointer { found in
      text.withBytes { text_scan(index, $0.baseAddress, $0.count, &progress, found.baseAddress, found.count) }
    }
  }

  private static func samples(_ sampling: Sampling) -> text_samples {
    let slots = sampling.slots
    guard !slots.isEmpty else { return text_samples() }
    // Two buckets a slot and 32 marks a slot, or more, in powers of two: few positions of a text hit a mark by
    // accident, and few of those a slot. A mark is a bit, so that all of them fit into a processor's first-level cache.
    let bucketBits = max(1, Int.bitWidth - (slots.count * 2 - 1).leadingZeroBitCount)
    let markBits = min(17, bucketBits + 4)
    let skip = 32 - bucketBits
    let shift = 32 - markBits
    var marks = [UInt32](repeating: 0, count: 1 << (markBits - 5))
    for slot in slots {
      let bit = text_hash(slot.sample) >> UInt32(shift)
      marks[Int(bit / 32)] |= 1 << (bit % 32)
    }
    let sorted = slots.sorted { text_hash($0.sample) < text_hash($1.sample) }
    var starts = [UInt32](repeating: 0, count: (1 << bucketBits) + 1)
    for slot in sorted { starts[Int(text_hash(slot.sample) >> UInt32(skip)) + 1] += 1 }
    for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
    return text_samples(
      marks: kept(marks), starts: kept(starts), slots: kept(sorted), size: UInt32(sampling.size),
      step: UInt32(sampling.step), shift: UInt32(shift), skip: UInt32(skip),
      first: sampling.first.map { Int32($0) } ?? -1)
  }
}

/// The literals that a pass over a text has found since the last call.
package struct FoundLiterals {
  var literals = InlineArray<64, UInt32>(repeating: 0)
  var progress = text_progress()
  /// The number of literals.
  package internal(set) var count = 0

  var isOver: Bool { progress.is_over }

  /// Begins a pass.
  package init() {}

  /// A literal's number.
  package subscript(index: Int) -> UInt32 { literals[index] }
}
