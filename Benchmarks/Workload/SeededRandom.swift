#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Random choices that are reproducible on every machine.
struct SeededRandom {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// Returns a number from 0 up to 1.
  mutating func fraction() -> Double { Double(random.next() >> 11) / Double(1 << 53 as UInt64) }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(random.next() % UInt64(range.count))
  }

  mutating func holds(_ probability: Double) -> Bool { fraction() < probability }

  mutating func one<Element>(_ choices: [Element]) -> Element { choices[number(0...choices.count - 1)] }

  /// Returns one of the choices by their weights.
  mutating func one<Element>(_ choices: [(Element, weight: Int)]) -> Element {
    var left = number(1...choices.reduce(0) { $0 + $1.weight })
    for (choice, weight) in choices {
      left -= weight
      if left <= 0 { return choice }
    }
    return choices[0].0
  }

  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var elements = elements
    for last in elements.indices.dropFirst().reversed() { elements.swapAt(last, number(0...last)) }
    return elements
  }
}

/// A Zipf distribution of indices, as of words in a language: the k-th is about 1/k as frequent as the first.
struct Zipf {
  private let sums: [Double]

  init(_ count: Int, exponent: Double = 1.05) {
    var sum = 0.0
    sums = (1...max(1, count)).map { rank in
      sum += 1 / pow(Double(rank), exponent)
      return sum
    }
  }

  func draw(_ chance: inout SeededRandom) -> Int {
    let wanted = chance.fraction() * (sums.last ?? 0)
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// SplitMix64: reproducible numbers on every machine, so that a failure can be repeated.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
