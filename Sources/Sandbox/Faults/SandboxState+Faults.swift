import Core
import FoundationEssentials
import HTTPServing

extension SandboxState {
  /// Misbehaves now, or notes what is to go wrong.
  func misbehave(_ fault: Fault) {
    switch fault {
    case .drop: for socket in botSockets { sockets[socket]?.outlet.end() }
    case .halfOpen: for socket in botSockets { sockets[socket]?.isMute = true }
    case .close(let code): for socket in botSockets { close(socket, with: code) }
    case .frames(let fault, let count): faults.add(fault, count: count)
    case .hugeFrame(let bytes):
      emit(.custom(String(repeating: "x", count: min(max(0, bytes), Limits.faultBytesMax)), to: botID))
    case .calls(let fault, let count): faults.add(fault, count: count, onlyPosting: false)
    case .posting(let fault, let count): faults.add(fault, count: count, onlyPosting: true)
    case .filter(let text, let status): faults.filter = (text, status)
    case .noFilter: faults.filter = nil
    case .crowded(let most, let delay): faults.crowd = (most, delay)
    case .failingChannel(let channel): faults.failingChannels.insert(channel)
    case .amnesia: forget()
    case .noUpgrade:
      faults.isUpgradeEaten = true
      for socket in botSockets { sockets[socket]?.outlet.end() }
    case .upgrade: faults.isUpgradeEaten = false
    case .revokedToken: faults.isTokenRevoked = true
    case .restoredToken: faults.isTokenRevoked = false
    }
  }

  /// Ends every socket and forgets what a server keeps in memory: connections, pending ids, who is there.
  func forget() {
    dropSockets()
    connections = [:]
    away = []
    pendingPosts = PendingPosts()
    online = []
  }

  /// Whose token it is, as long as it is accepted.
  func acceptedUser(token: String?) -> User? {
    guard let user = token.flatMap(user(token:)).flatMap({ users[$0.id] }) else { return nil }
    return faults.isTokenRevoked && user.id == botID ? nil : user
  }

  /// Whether the posts of a channel cannot be had by `user`.
  func isFailing(_ channelID: String, for user: User) -> Bool {
    user.id == botID && faults.failingChannels.contains(channelID)
  }

  /// What happens to a call by `user`.
  func takeFault(of user: User, isPosting: Bool) -> CallFault? {
    user.id == botID ? faults.takeCall(isPosting: isPosting) : nil
  }

  /// The status that a filter answers a call by `user` with; nil where it lets it pass.
  func filterStatus(of user: User, _ body: Data) -> Int? {
    guard user.id == botID, let filter = faults.filter, body.contains(filter.text) else { return nil }
    return filter.status
  }

  /// Counts a call by the bot that begins, and tells whether the server has too much to do for it, after how long.
  func beginCall() -> (isTooMuch: Bool, delay: Duration?) {
    callsUnderWay += 1
    mostCallsAtOnce = max(mostCallsAtOnce, callsUnderWay)
    guard let crowd = faults.crowd else { return (false, nil) }
    return (callsUnderWay > crowd.most, crowd.delay)
  }

  /// Counts a call by the bot that is over.
  func endCall() { callsUnderWay -= 1 }

  /// Whether a user is the one who suffers.
  nonisolated func isBot(_ user: User) -> Bool { user.id == Fixtures.userID(Fixtures.botName) }

  /// Sends an event's frame, unless it is one that something happens to.
  func put(_ frame: String, of event: SandboxEvent, on connection: EventConnection) {
    guard let socketID = connection.socketID, let outlet = outlet(of: socketID) else { return }
    let heldBack = sockets[socketID]?.heldBack
    sockets[socketID]?.heldBack = nil
    switch connection.userID == botID && event.name == "posted" ? faults.takeFrame() : nil {
    case nil: outlet.send(frame)
    case .lost: break
    case .doubled:
      outlet.send(frame)
      outlet.send(frame)
    case .swapped: sockets[socketID]?.heldBack = frame
    case .garbled: outlet.send(.text, Self.garbled(frame))
    }
    if let heldBack { outlet.send(heldBack) }
  }

  private var botID: String { Fixtures.userID(Fixtures.botName) }

  private var botSockets: [SocketID] {
    connections.values.filter { $0.userID == botID }.compactMap(\.socketID)
  }

  /// Nothing follows a close frame; the connection ends when the client has answered it (RFC 6455, section 5.5.1).
  private func close(_ socketID: SocketID, with code: UInt16) {
    outlet(of: socketID)?.send(.close, [UInt8(code >> 8), UInt8(code & 0xFF)])
    sockets[socketID]?.isMute = true
  }

  /// The frame with a byte before its end that UTF-8 has no use for.
  private static func garbled(_ frame: String) -> [UInt8] {
    var bytes = Array(frame.utf8)
    bytes.insert(0xFF, at: bytes.endIndex - 1)
    return bytes
  }
}

extension Data {
  fileprivate func contains(_ text: String) -> Bool { String(decoding: self, as: UTF8.self).contains(text) }
}

extension SandboxEvent {
  /// What a plugin of the server tells its own clients.
  fileprivate static func custom(_ text: String, to userID: String) -> SandboxEvent {
    SandboxEvent(name: "custom_com.example.plugin_update", data: ["text": .string(text)], audience: .user(userID))
  }
}
