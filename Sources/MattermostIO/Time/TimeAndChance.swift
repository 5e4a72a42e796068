/// The clock and the dice of the machine, as values, so that tests can put their own in place.
struct TimeAndChance: Sendable {
  /// The time now; it never goes back.
  var now: @Sendable () -> ContinuousClock.Instant
  /// Waits. Throws if the task is cancelled.
  var sleep: @Sendable (Duration) async throws -> Void
  /// A random number from 0 up to 1.
  var random: @Sendable () -> Double

  /// The machine's own.
  static let system = TimeAndChance(
    now: { .now }, sleep: { try await Task.sleep(for: $0) }, random: { .random(in: 0..<1) })
}
