internal import CTextScan

/// Chooses the samples by which literals are found: those that few other literals have, since what is rare among the
/// literals is rare in texts about the same things.
struct Sampling {
  let slots: [text_slot]
  /// How many bytes a sample has.
  let size: Int
  /// How far apart the places of a text are that have to be looked at.
  let step: Int
  /// The byte that all samples begin with, if there is one.
  let first: UInt8?

  /// More than every fourth place gains little, and costs a sample each time.
  private static let stepMax = 4

  /// The samplings of all literals, by their length: short samples would be in every text, and one short literal would
  /// not leave room for longer ones.
  static func groups(of literals: [Literal]) -> [Sampling] {
    // The more literals, the longer the samples, for few places of a text to look like one by accident; the shorter, the
    // fewer places have to be looked at. Which is better where was measured with `make bench`.
    let size = literals.count > 4_096 ? 6 : literals.count > 256 ? 5 : 4
    return [
      Sampling(of: literals, lengths: 6..<Int.max, size: size), Sampling(of: literals, lengths: 4..<6, size: 4),
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
      func cost(_ offset: Int) -> Int {
        (offset..<offset + step).reduce(0) { $0 + (counts[sample(literal, $1)] ?? 0) }
      }
      let best = (0...literals[literal].bytes.count - size - step + 1).min { cost($0) < cost($1) } ?? 0
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
