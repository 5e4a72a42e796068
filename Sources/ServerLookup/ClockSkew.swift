import Core

/// The difference between this machine's clock and the server's.
package struct ClockSkew: Sendable {
  /// Seconds by which this machine is ahead; below 0 if it is behind.
  package let seconds: Int

  /// The most seconds that do no harm. Machines that use NTP differ by less than one second, and the `Date` header has
  /// whole seconds.
  package static let secondsMax = 30

  package init(seconds: Int) { self.seconds = seconds }

  package var isTolerable: Bool { abs(seconds) <= Self.secondsMax }

  package var summary: String { "this machine's clock is \(difference) the server's" }

  /// `20 min ahead of`, or `3 s behind`; not meant for 0.
  package var difference: String {
    Duration.seconds(seconds).approximate + (seconds < 0 ? " behind" : " ahead of")
  }

  package static let remedy =
    "Synchronize both clocks by NTP (`timedatectl set-ntp true`). Posts have the server's time, which decides whether "
    + "they are too old to answer and whether rules with `time` apply; the log, the journal and certificates use this "
    + "machine's."
}
