internal import CTextScan

/// Chooses the samples by which literals are found: those that few other literals have, since what is rare among the
/// literals is rare in texts about the same things.
struct Sampling {
  let slots: [text_slot]
  /// How far apart the places of a text are that have to be looked at.
  let step: Int

  /// Literals shorter than this are found by samples of two bytes.
  static let longFrom = 5
  /// More than every fourth place gains little, and costs a sample each time.
  private static let stepMax = 4

  /// Samples of so many bytes for the literals that have at least as many, and fewer than `end`.
  init(of literals: [Literal], size: Int, from shortest: Int, upTo end: Int) {
    let sampled = literals.indices.filter { shortest..<end ~= literals[$0].bytes.count }
    let fewest = sampled.map { literals[$0].bytes.count }.min() ?? size
    let step = min(fewest - size + 1, Self.stepMax)
    func sample(_ literal: Int, _ offset: Int) -> UInt32 { literals[literal].sample(at: offset, size: size) }

    var counts: [UInt32: Int] = [:]
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
    self.step = step
  }
}

extension Literal {
  /// The bytes at an offset, in the order in which C reads them.
  fileprivate func sample(at offset: Int, size: Int) -> UInt32 {
    var sample: UInt32 = 0
    withUnsafeMutableBytes(of: &sample) { $0.copyBytes(from: bytes[offset..<offset + size]) }
    return sample
  }
}
