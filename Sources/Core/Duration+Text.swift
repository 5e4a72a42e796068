extension Duration {
  /// Whole milliseconds, rounded to the nearest.
  package var milliseconds: Int64 { Int64((self / .milliseconds(1)).rounded()) }

  /// For people: `12 ms`, `1.2 s`, `45 s`, `3 min 5 s`, `2 h 10 min`. A negative duration is shown as zero.
  package var spelled: String {
    let (milliseconds, seconds) = (max(0, milliseconds), max(0, milliseconds) / 1_000)
    switch milliseconds {
    case ..<1_000: return "\(milliseconds) ms"
    case ..<10_000:
      let tenths = milliseconds % 1_000 / 100
      return tenths == 0 ? "\(seconds) s" : "\(seconds).\(tenths) s"
    case ..<60_000: return "\(seconds) s"
    case ..<3_600_000: return "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s")
    default: return "\(seconds / 3_600) h" + (seconds / 60 % 60 == 0 ? "" : " \(seconds / 60 % 60) min")
    }
  }

  /// Without spaces, as a value in a log line: `774ms`, `1.2s`, `45s`, `2m30s`, `3h05m`.
  package var compact: String {
    let (milliseconds, seconds) = (max(0, milliseconds), max(0, milliseconds) / 1_000)
    func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    switch milliseconds {
    case ..<1_000: return "\(milliseconds)ms"
    case ..<10_000: return "\(seconds).\(milliseconds % 1_000 / 100)s"
    case ..<60_000: return "\(seconds)s"
    case ..<3_600_000: return "\(seconds / 60)m\(twoDigits(seconds % 60))s"
    default: return "\(seconds / 3_600)h\(twoDigits(seconds / 60 % 60))m"
    }
  }

  /// In one unit, rounded down, of either sign: `90 s`, `20 min`, `3 h`.
  package var approximate: String {
    let seconds = abs(milliseconds) / 1_000
    return seconds < 120 ? "\(seconds) s" : seconds < 7_200 ? "\(seconds / 60) min" : "\(seconds / 3_600) h"
  }

  /// Seconds with three decimals, for JSON: `0.774`.
  package var decimalSeconds: String {
    let milliseconds = max(0, milliseconds)
    let fraction = String(milliseconds % 1_000)
    return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  /// Whole seconds as a rules file writes them, in the largest unit that leaves no remainder: `8h`, `90s`.
  package var ruleLiteral: String {
    let seconds = components.seconds
    let units: [(name: String, seconds: Int64)] = [("d", 86_400), ("h", 3_600), ("m", 60)]
    let unit = units.first { seconds.isMultiple(of: $0.seconds) } ?? ("s", 1)
    return "\(seconds / unit.seconds)\(unit.name)"
  }
}
