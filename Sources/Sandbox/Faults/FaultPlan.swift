/// What is still to go wrong, in the order in which it was asked for.
struct FaultPlan: Sendable {
  private var frames: [FrameFault] = []
  private var calls: [CallFault] = []
  private var posting: [CallFault] = []
  var isTokenRevoked = false
  var isUpgradeEaten = false
  var filter: (text: String, status: Int)?
  var crowd: (most: Int, delay: Duration)?
  /// The ids of the channels whose posts cannot be had.
  var failingChannels: Set<String> = []

  mutating func add(_ fault: FrameFault, count: Int) {
    frames += Self.repeated(fault, count, beside: frames.count)
  }

  mutating func add(_ fault: CallFault, count: Int, onlyPosting: Bool) {
    if onlyPosting {
      posting += Self.repeated(fault, count, beside: posting.count)
    } else {
      calls += Self.repeated(fault, count, beside: calls.count)
    }
  }

  /// What happens to the next frame of a post.
  mutating func takeFrame() -> FrameFault? { frames.isEmpty ? nil : frames.removeFirst() }

  /// What happens to the next call.
  mutating func takeCall(isPosting: Bool) -> CallFault? {
    if isPosting, !posting.isEmpty { return posting.removeFirst() }
    return calls.isEmpty ? nil : calls.removeFirst()
  }

  private static func repeated<Value>(_ fault: Value, _ count: Int, beside waiting: Int) -> [Value] {
    Array(repeating: fault, count: min(max(0, count), Limits.faultsMax - waiting))
  }
}
