extension Int {
  /// The number with a comma before every three digits: `1,000,000`.
  package var grouped: String {
    if self < 0 { return "-" + (self == .min ? String(magnitude) : (-self).grouped) }
    return self < 1_000 ? String(self) : (self / 1_000).grouped + "," + String(self % 1_000 + 1_000).dropFirst()
  }

  /// Pluralizes: `1 rule`, `3 rules`, `9,210 events`, `2 replies`.
  ///
  /// - Parameter plural: the noun's plural, if it is not the noun with an `s`.
  package func counted(_ noun: String, plural: String? = nil) -> String {
    "\(grouped) \(self.plural(one: noun, other: plural ?? noun + "s"))"
  }

  /// Returns the form of a noun or verb that agrees with this number: `3.plural(one: "fails", other: "fail")`. The
  /// labels are the plural categories that CLDR defines for English.
  package func plural(one: String, other: String) -> String { self == 1 ? one : other }
}
