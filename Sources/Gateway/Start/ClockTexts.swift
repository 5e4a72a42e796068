/// What is said of this machine's clock and the server's.
enum ClockTexts {
  /// What it means that they differ, and what to do.
  static let cure =
    "Set the clocks of both machines by NTP (`timedatectl set-ntp true`). Posts are dated by the server's clock, which "
    + "decides what is too old to be answered and when rules with `time` apply; the log, the journal and certificates go "
    + "by this machine's."

  static func warning(ahead seconds: Int) -> String {
    "this machine's clock is \(difference(seconds)) the server's. \(cure)"
  }

  /// `20 min ahead of`, for one; not for 0.
  static func difference(_ ahead: Int) -> String {
    let seconds = abs(ahead)
    let text = seconds < 120 ? "\(seconds) s" : seconds < 7_200 ? "\(seconds / 60) min" : "\(seconds / 3_600) h"
    return text + (ahead < 0 ? " behind" : " ahead of")
  }
}
