import HTTPServing

/// The number of an open socket.
typealias SocketID = Int

/// The queue of frames to a socket. Sending never waits for the reader.
struct SocketOutlet: Sendable {
  let frames: AsyncStream<WebSocketFrame>.Continuation
  /// Ends the socket without a close frame, as Mattermost does.
  let end: @Sendable () -> Void

  func send(_ text: String) { send(.text, Array(text.utf8)) }

  /// Sends a frame. A reader that leaves `Limits.framesWaitingMax` frames unread is dropped.
  func send(_ opcode: WebSocketFrame.Opcode, _ payload: [UInt8]) {
    let result = frames.yield(WebSocketFrame(opcode, payload))
    if case .dropped = result { end() }
  }
}

struct OpenSocket: Sendable {
  let outlet: SocketOutlet
  var connectionID: String?
  /// True if it sends nothing, although it stays open.
  var isMute = false
  /// A frame to send after the next one.
  var heldBack: String?
}

/// A request to resume a connection.
struct ResumeRequest: Sendable, Equatable {
  let connectionID: String
  /// The number of the next event that the client expects.
  let sequence: Int
}

extension SandboxState {
  /// Registers a socket, or returns `nil` if there are too many.
  func open(_ outlet: SocketOutlet) -> SocketID? {
    guard sockets.count < Limits.socketsMax else { return nil }
    socketsOpened += 1
    sockets[socketsOpened] = OpenSocket(outlet: outlet)
    return socketsOpened
  }

  /// Starts a connection for `user`: sends `hello` and the new status of the user.
  func begin(_ socketID: SocketID, as user: Account) {
    guard sockets[socketID] != nil, !isAuthenticated(socketID) else { return }
    let connection = EventConnection(id: MattermostID.random(), userID: user.id, socketID: socketID)
    connections[connection.id] = connection
    sockets[socketID]?.connectionID = connection.id
    send(.hello(connectionID: connection.id, to: user.id), on: connection.id)
    setOnline(user.id)
    notifyObservers()
  }

  /// Resumes a connection. If it is unknown or its missed events are no longer stored, a new one starts: only the id in
  /// `hello` shows that.
  func resume(_ request: ResumeRequest, on socketID: SocketID, as user: Account) {
    guard let connection = connections[request.connectionID], connection.userID == user.id,
      let missed = connection.frames(from: request.sequence)
    else { return begin(socketID, as: user) }
    if let old = connection.socketID, let socket = sockets[old] {
      sockets[old]?.connectionID = nil
      socket.outlet.end()
    }
    away.removeAll { $0 == connection.id }
    connections[connection.id]?.socketID = socketID
    sockets[socketID]?.connectionID = connection.id
    for frame in missed { outlet(of: socketID)?.send(frame) }
    setOnline(user.id)
    notifyObservers()
  }

  /// Removes a closed socket. Its connection stays, so that the client can resume it.
  func close(_ socketID: SocketID) {
    guard let connectionID = sockets.removeValue(forKey: socketID)?.connectionID,
      let userID = connections[connectionID]?.userID
    else { return }
    connections[connectionID]?.socketID = nil
    away.append(connectionID)
    if away.count > Limits.connectionsAwayMax { connections[away.removeFirst()] = nil }
    if !isConnected(userID), online.remove(userID) != nil { emit(.statusChange(of: userID, isOnline: false)) }
    notifyObservers()
  }

  func isAuthenticated(_ socketID: SocketID) -> Bool { sockets[socketID]?.connectionID != nil }

  /// Returns the user of a socket, or `nil` if it is not authenticated.
  func user(of socketID: SocketID) -> Account? {
    guard let id = sockets[socketID]?.connectionID, let connection = connections[id] else { return nil }
    return users[connection.userID]
  }

  /// Returns whether a user has a socket.
  func isConnected(_ userID: String) -> Bool {
    connections.values.contains { $0.userID == userID && $0.socketID != nil }
  }

  func ping(_ socketID: SocketID) { outlet(of: socketID)?.send(.ping, []) }

  /// Returns the outlet of a socket, or `nil` if it sends nothing.
  func outlet(of socketID: SocketID) -> SocketOutlet? {
    sockets[socketID].flatMap { $0.isMute ? nil : $0.outlet }
  }

  /// Drops every socket without a close frame.
  func dropSockets() {
    for socket in sockets.values { socket.outlet.end() }
  }

  /// Marks a user as online, with the event if that is new.
  func setOnline(_ userID: String) {
    guard online.insert(userID).inserted else { return }
    emit(.statusChange(of: userID, isOnline: true))
  }

  /// Sends an event to all connections of its audience. Connections without a client store it.
  func emit(_ event: SandboxEvent) {
    for connection in connections.values where isIncluded(connection.userID, by: event.audience) {
      send(event, on: connection.id)
    }
  }

  private func send(_ event: SandboxEvent, on connectionID: String) {
    guard let frame = connections[connectionID]?.frame(for: event), let connection = connections[connectionID] else {
      return
    }
    send(frame, of: event, on: connection)
  }

  private func isIncluded(_ userID: String, by audience: SandboxEvent.Audience) -> Bool {
    switch audience {
    case .user(let id): id == userID
    case .everyone: true
    case .allWithout(let omitted): userID != omitted
    case .channel(let id): channels[id]?.memberIDs.contains(userID) ?? false
    case .channelWithout(let id, let omitted):
      userID != omitted && channels[id]?.memberIDs.contains(userID) ?? false
    }
  }
}

/// The events for a client, numbered from 0. The newest are stored, so that the client can resume after its socket has
/// closed.
struct EventConnection: Sendable {
  let id: String
  let userID: String
  /// The socket of the client; `nil` while it has none.
  var socketID: SocketID?
  private(set) var nextSequence = 0
  /// Frames, oldest first; the last one has the number `nextSequence - 1`.
  private var stored: [String] = []

  init(id: String, userID: String, socketID: SocketID) {
    self.id = id
    self.userID = userID
    self.socketID = socketID
  }

  /// Numbers an event, stores its frame and returns it.
  mutating func frame(for event: SandboxEvent) -> String {
    let frame = event.frame(sequence: nextSequence)
    nextSequence += 1
    stored.append(frame)
    if stored.count > Limits.eventsKeptMax { stored.removeFirst() }
    return frame
  }

  /// Returns the frames from a number on, or `nil` if some are not stored.
  func frames(from sequence: Int) -> ArraySlice<String>? {
    let first = nextSequence - stored.count
    guard (first...nextSequence).contains(sequence) else { return nil }
    return stored[(sequence - first)...]
  }
}
