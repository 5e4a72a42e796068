extension Int {
  /// The number, from zero on, with a comma before every three digits: `1,000,000`.
  package var grouped: String {
    self < 1_000 ? String(self) : (self / 1_000).grouped + "," + String(self % 1_000 + 1_000).dropFirst()
  }

  /// So many of what a noun names: `1 rule`, `3 rules`.
  package func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
