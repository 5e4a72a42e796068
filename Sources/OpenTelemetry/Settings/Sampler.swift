import Tracing

/// Decides which traces are recorded. No post has a parent in another program, so that the samplers `parentbased_…` are
/// the ones that they name for traces without a parent.
enum Sampler: Sendable, Equatable {
  case always
  case never
  /// The share of traces that are recorded, above 0 and below 1.
  case ratio(Double)

  /// Returns the sampler of a name, or `nil` if there is none.
  ///
  /// - Parameter share: the share of a sampler with `traceidratio`, from 0 to 1.
  init?(named name: String, share: Double) {
    switch name {
    case "always_on", "parentbased_always_on": self = .always
    case "always_off", "parentbased_always_off": self = .never
    case "traceidratio", "parentbased_traceidratio":
      self = share >= 1 ? .always : share <= 0 ? .never : .ratio(share)
    default: return nil
    }
  }

  static let names = ["always_on", "always_off", "traceidratio"].flatMap { [$0, "parentbased_" + $0] }

  /// Returns whether a trace is recorded: always the same for the same trace, and for all programs that decide by its
  /// last 63 bits.
  func includes(_ trace: TraceID) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .ratio(let share): Double(trace.low >> 1) < share * 0x1p63
    }
  }
}
