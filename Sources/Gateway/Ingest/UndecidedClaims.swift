import Core
import Sessions

/// Claims of this gateway whose posts could not be decided yet. The next pass of the backfill tries them again.
final class UndecidedClaims {
  private var claims: [Claim] = []
  /// Starts a pass of the backfill.
  private let wakeUp: WakeableSleep

  init(wakeUp: WakeableSleep) { self.wakeUp = wakeUp }

  var isEmpty: Bool { claims.isEmpty }

  /// Adds claims, and starts a pass that decides them.
  func add(_ new: [Claim]) {
    guard !new.isEmpty else { return }
    claims += new
    wakeUp.wake()
  }

  /// Adds claims that a pass has tried. The next one follows after its pause.
  func putBack(_ tried: some Sequence<Claim>) { claims += tried }

  /// Removes and returns all claims.
  func removeAll() -> [Claim] {
    defer { claims = [] }
    return claims
  }
}
