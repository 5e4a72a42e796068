import Core

/// Returns seconds as a duration of the rules language: `8h`.
package func writtenDuration(_ seconds: Int) -> String { Duration.seconds(seconds).ruleLiteral }

/// Returns bytes as a size of the rules language, in the largest unit of which they are a multiple: `20MB`.
package func writtenSize(_ bytes: Int) -> String {
  let units = [("GB", 1 << 30), ("MB", 1 << 20)]
  let unit = units.first { bytes.isMultiple(of: $0.1) } ?? ("KB", 1 << 10)
  return "\(bytes / unit.1)\(unit.0)"
}

/// Returns millionths as a decimal number without trailing zeros: `3`, `0.15`.
package func writtenMillionths(_ millionths: Int) -> String {
  let (whole, part) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
  let digits = String(1_000_000 + part).dropFirst()
  let significant = digits.lastIndex { $0 != "0" }.map { digits[...$0] }
  return "\(whole)" + (significant.map { ".\($0)" } ?? "")
}

extension Rate {
  /// The rate in the rules language: `20/min`.
  package var written: String {
    switch seconds {
    case 1: "\(count)/s"
    case 60: "\(count)/min"
    case 3_600: "\(count)/hour"
    case 86_400: "\(count)/day"
    default: "\(count) in \(seconds)s"
    }
  }
}

extension String {
  /// The text in backticks, on one line and no longer than a sentence can quote.
  package var inBackticks: String {
    let isCut = unicodeScalars.count > Limits.quotedScalarsMax
    return "`\(singleLine(atMost: Limits.quotedScalarsMax))\(isCut ? "…" : "")`"
  }
}
