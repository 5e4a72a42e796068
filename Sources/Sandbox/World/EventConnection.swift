/// One client's view of the events: numbered from 0, and the newest kept for a resume. Outlives the socket.
struct EventConnection: Sendable {
  let id: String
  let userID: String
  /// The socket that the frames go out on; `nil` while the client is away.
  var socketID: SocketID?
  private(set) var nextSequence = 0
  /// Oldest first; the last has the number `nextSequence - 1`.
  private var kept: [String] = []

  init(id: String, userID: String, socketID: SocketID) {
    self.id = id
    self.userID = userID
    self.socketID = socketID
  }

  /// Numbers `event`, keeps its frame and returns it.
  mutating func frame(for event: SandboxEvent) -> String {
    let frame = event.frame(sequence: nextSequence)
    nextSequence += 1
    kept.append(frame)
    if kept.count > Limits.eventsKeptMax { kept.removeFirst() }
    return frame
  }

  /// Every frame from the number `sequence` on; `nil` when some of them are no longer kept, or never were.
  func frames(from sequence: Int) -> ArraySlice<String>? {
    let first = nextSequence - kept.count
    guard (first...nextSequence).contains(sequence) else { return nil }
    return kept[(sequence - first)...]
  }
}
