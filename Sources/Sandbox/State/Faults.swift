import Core
import FoundationEssentials
import HTTPServing

/// A fault of a server, a proxy or a network. Faults only affect the bot, not the page and its users.
package enum Fault: Sendable, Equatable {
  /// The event socket's connection ends without a close frame, as when the server is killed.
  case drop
  /// The connection of the event socket stays open, but the server sends nothing and answers nothing.
  case halfOpen
  /// The event socket is closed with a close frame of this code.
  case close(UInt16)
  /// The frames of the next posts have a fault.
  case frames(FrameFault, count: Int)
  /// The server sends a frame of this size, with an event of a plugin.
  case hugeFrame(bytes: Int)
  /// The next calls of the API have a fault.
  case calls(CallFault, count: Int)
  /// The next calls that create a post have a fault.
  case posting(CallFault, count: Int)
  /// A filter in front of the server answers calls that create or change a post with this text with a web page of this
  /// status.
  case filter(String, status: Int)
  /// The filter is removed.
  case noFilter
  /// The server has too few database connections: each call is delayed, and while more calls than the limit are active,
  /// posts are refused with 400 for their root or their channel, even valid ones.
  case crowded(over: Int, delay: Duration)
  /// Reading the posts of a channel fails with 500.
  case failingChannel(String)
  /// The event socket drops, and the server forgets all connections and `pending_post_id`s.
  case amnesia
  /// A proxy removes the `Upgrade` header: the event socket drops and cannot be opened.
  case noUpgrade
  /// The proxy passes the `Upgrade` header again.
  case upgrade
  /// The token of the bot is no longer accepted. Its open socket stays, as recorded.
  case revokedToken
  /// The token of the bot is accepted again.
  case restoredToken
}

/// A fault of the frame of a post.
package enum FrameFault: String, Sendable, Equatable, CaseIterable {
  /// It uses up its number and is not sent.
  case lost
  /// It is sent twice.
  case doubled
  /// It is sent after the next frame.
  case swapped
  /// One of its bytes is not valid in UTF-8.
  case garbled
}

/// A fault of a call of the API.
package enum CallFault: Sendable, Equatable {
  /// It is refused with 429, as recorded.
  case throttled
  /// It is answered with 500, and not carried out.
  case failing
  /// It is carried out and answered after a delay.
  case slow(Duration)
  /// It is not carried out. A proxy answers with a web page of this status.
  case page(status: Int)
  /// It is carried out, and the connection ends without an answer.
  case unanswered
}

extension SandboxState {
  /// Applies a fault now, or to the next frames or calls.
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
      faults.isUpgradeBlocked = true
      for socket in botSockets { sockets[socket]?.outlet.end() }
    case .upgrade: faults.isUpgradeBlocked = false
    case .revokedToken: faults.isTokenRevoked = true
    case .restoredToken: faults.isTokenRevoked = false
    }
  }

  /// Ends every socket and discards what a server has in memory: connections, pending ids, online users.
  func forget() {
    dropSockets()
    connections = [:]
    away = []
    pendingPosts = PendingPosts()
    online = []
  }

  /// Returns the user of a token, or `nil` if it is not accepted.
  func acceptedUser(token: String?) -> Account? {
    guard let user = token.flatMap(user(token:)).flatMap({ users[$0.id] }) else { return nil }
    return faults.isTokenRevoked && user.id == botID ? nil : user
  }

  /// Returns whether reading the posts of a channel fails for `user`.
  func isFailing(_ channelID: String, for user: Account) -> Bool {
    user.id == botID && faults.failingChannels.contains(channelID)
  }

  /// Removes and returns the fault of the next call by `user`.
  func nextFault(of user: Account, isPosting: Bool) -> CallFault? {
    user.id == botID ? faults.nextCall(isPosting: isPosting) : nil
  }

  /// Returns the status with which a filter answers a call by `user`, or `nil` if it passes the call.
  func filterStatus(of user: Account, _ body: Data) -> Int? {
    guard user.id == botID, let filter = faults.filter, body.contains(filter.text) else { return nil }
    return filter.status
  }

  /// Counts the start of a call by the bot. Returns whether too many are active, and the delay of the call.
  func beginCall() -> (isTooMuch: Bool, delay: Duration?) {
    activeCalls += 1
    mostCallsAtOnce = max(mostCallsAtOnce, activeCalls)
    guard let crowd = faults.crowd else { return (false, nil) }
    return (activeCalls > crowd.most, crowd.delay)
  }

  /// Counts the end of a call by the bot.
  func endCall() { activeCalls -= 1 }

  /// Returns whether a user is the bot, which faults affect.
  nonisolated func isBot(_ user: Account) -> Bool { user.id == Fixtures.userID(Fixtures.botName) }

  /// Sends the frame of an event, with its fault if it has one.
  func send(_ frame: String, of event: SandboxEvent, on connection: EventConnection) {
    guard let socketID = connection.socketID, let outlet = outlet(of: socketID) else { return }
    let heldBack = sockets[socketID]?.heldBack
    sockets[socketID]?.heldBack = nil
    switch connection.userID == botID && event.name == "posted" ? faults.nextFrame() : nil {
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

  /// Sends a close frame. No frame follows it; the connection ends after the answer of the client (RFC 6455, section
  /// 5.5.1).
  private func close(_ socketID: SocketID, with code: UInt16) {
    outlet(of: socketID)?.send(.close, [UInt8(code >> 8), UInt8(code & 0xFF)])
    sockets[socketID]?.isMute = true
  }

  /// Returns a frame with a byte that is not valid in UTF-8 before its end.
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
  /// An event of a plugin for its own clients.
  fileprivate static func custom(_ text: String, to userID: String) -> SandboxEvent {
    SandboxEvent(name: "custom_com.example.plugin_update", data: ["text": .string(text)], audience: .user(userID))
  }
}

/// Faults to come, in order.
struct FaultPlan: Sendable {
  private var frames: [FrameFault] = []
  private var calls: [CallFault] = []
  private var posting: [CallFault] = []
  var isTokenRevoked = false
  var isUpgradeBlocked = false
  var filter: (text: String, status: Int)?
  var crowd: (most: Int, delay: Duration)?
  /// The ids of the channels whose posts cannot be read.
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

  /// Removes and returns the fault of the next frame of a post.
  mutating func nextFrame() -> FrameFault? { frames.isEmpty ? nil : frames.removeFirst() }

  /// Removes and returns the fault of the next call.
  mutating func nextCall(isPosting: Bool) -> CallFault? {
    if isPosting, !posting.isEmpty { return posting.removeFirst() }
    return calls.isEmpty ? nil : calls.removeFirst()
  }

  private static func repeated<Value>(_ fault: Value, _ count: Int, beside waiting: Int) -> [Value] {
    Array(repeating: fault, count: min(max(0, count), Limits.faultsMax - waiting))
  }
}
