/// Joins the pieces of a text that may be cut between the two halves of a surrogate pair.
struct SurrogateJoiner {
  /// The first half of a pair whose other half has not come yet.
  private var half: UInt16?

  /// Takes the next piece, and returns the text that is complete with it.
  mutating func take(_ piece: UTF16String) -> String {
    guard !piece.units.isEmpty else { return "" }
    var units = (half.map { [$0] } ?? []) + piece.units
    half = units.last.flatMap { UTF16.isLeadSurrogate($0) ? $0 : nil }
    if half != nil { units.removeLast() }
    return UTF16String(units).string
  }

  /// Returns what is left: U+FFFD for a half alone.
  mutating func end() -> String {
    defer { half = nil }
    return half.map { UTF16String([$0]).string } ?? ""
  }
}
