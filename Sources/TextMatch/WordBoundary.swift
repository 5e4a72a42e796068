extension UnsafeBufferPointer<UInt8> {
  /// Whether no letter, digit or `_` touches the stretch of so many scalars that ends at `end` in this UTF-8 text.
  ///
  /// Scalars, not bytes: `k` in upper case may be the Kelvin sign, which is three bytes long, but is always one scalar.
  ///
  /// Worked out here and not by the automaton, which has no word boundary that knows Unicode.
  func isWord(ofScalars count: Int, endingAt end: Int) -> Bool {
    if isWordScalar(at: end) { return false }
    var start = end
    for _ in 0..<count where start > 0 { start = scalarStart(before: start) }
    return !isWordScalar(at: scalarStart(before: start))
  }

  /// Where the scalar before `index` begins; below 0 where there is none.
  private func scalarStart(before index: Int) -> Int {
    var start = index - 1
    while start > 0, UTF8.isContinuation(self[start]) { start -= 1 }
    return start
  }

  private func isWordScalar(at index: Int) -> Bool {
    guard indices.contains(index) else { return false }
    var decoder = UTF8()
    var bytes = self[index...].makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&bytes) else { return false }
    return scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
}
