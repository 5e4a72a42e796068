#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Draws that are the same for the same seed, on every machine.
struct SeededRandom {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// From 0 up to 1.
  mutating func fraction() -> Double { Double(random.next() >> 11) / Double(1 << 53 as UInt64) }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(random.next() % UInt64(range.count))
  }

  mutating func holds(_ probability: Double) -> Bool { fraction() < probability }

  mutating func one<Element>(_ choices: [Element]) -> Element { choices[number(0...choices.count - 1)] }

  /// One of the choices, each as often as its weight says.
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

/// Places in a list drawn as words are in a language: the k-th about 1/k as often as the first.
struct Zipf {
  private let sums: [Double]

  init(_ count: Int, exponent: Double = 1.05) {
    var sum = 0.0
    sums = (1...max(1, count)).map { place in
      sum += 1 / pow(Double(place), exponent)
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
