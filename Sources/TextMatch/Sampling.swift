internal import CTextScan

/// Chooses the samples by which literals are found: those that few other literals have, since a sample that is rare
/// among the literals is rare in texts about the same subjects.
struct Sampling {
  let slots: [text_slot]
  /// The bytes of a sample.
  let size: Int
  /// The distance between the positions of a text that are looked up.
  let step: Int
  /// The byte that all samples begin with, if there is one.
  let first: UInt8?

  /// Larger steps gain little, and each needs another sample.
  private static let stepMax = 4

  /// Up to this number of literals, samples of four bytes are rare enough in most texts.
  private static let few = 32

  /// The samplings of all literals, by their length: short samples are in every text, and one short literal would force
  /// them on all others.
  ///
  /// The more literals, the longer their samples have to be, so that few positions of a text match one by accident; the
  /// shorter the samples, the fewer positions have to be looked up. The choices are the fastest by `make bench`.
  static func groups(of literals: [Literal]) -> [Sampling] {
    let isFew = literals.count <= few
    return [
      Sampling(of: literals, lengths: 8..<Int.max, size: isFew ? 4 : 6),
      Sampling(of: literals, lengths: 6..<8, size: isFew ? 4 : 5),
      Sampling(of: literals, lengths: 4..<6, size: 4),
      Sampling(of: literals, lengths: 2..<4, size: 2),
    ]
  }

  private init(of literals: [Literal], lengths: Range<Int>, size: Int) {
    let sampled = literals.indices.filter { lengths.contains(literals[$0].bytes.count) }
    let fewest = sampled.map { literals[$0].bytes.count }.min() ?? size
    let step = min(fewest - size + 1, Self.stepMax)
    func sample(_ literal: Int, _ offset: Int) -> UInt64 { literals[literal].sample(at: offset, size: size) }

    var counts: [UInt64: Int] = [:]
    for literal in sampled {
      for offset in 0...literals[literal].bytes.count - size { counts[sample(literal, offset), default: 0] += 1 }
    }
    slots = sampled.flatMap { literal in
      let frequencies = (0...literals[literal].bytes.count - size).map { counts[sample(literal, $0)] ?? 0 }
      func cost(_ offset: Int) -> Int { frequencies[offset..<offset + step].reduce(0, +) }
      let best = (0...frequencies.count - step).min { cost($0) < cost($1) } ?? 0
      return (best..<best + step).map { offset in
        text_slot(sample: sample(literal, offset), literal: UInt32(literal), offset: UInt32(offset))
      }
    }
    let firsts = Set(slots.map { UInt8(truncatingIfNeeded: $0.sample) })
    first = firsts.count == 1 ? firsts.first : nil
    (self.size, self.step) = (size, step)
  }
}

extension Literal {
  /// The bytes at an offset, the first of them lowest.
  fileprivate func sample(at offset: Int, size: Int) -> UInt64 {
    bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
