/// How much more may be tried: a bound on work that grows fast with what a file says.
struct Steps: Sendable {
  private(set) var left: Int

  init(_ count: Int) { left = count }

  mutating func take(_ count: Int = 1) throws(OutOfSteps) {
    left -= count
    if left < 0 { throw OutOfSteps() }
  }
}

/// There was more to try than the steps allowed.
struct OutOfSteps: Error {}
