import HTTPServing

/// A socket that is open, and whose it is once it has shown a token.
struct OpenSocket: Sendable {
  let outlet: SocketOutlet
  var connectionID: String?
  /// Whether nothing goes out on it any more, while it stays open.
  var isMute = false
  /// A frame that goes out behind the next.
  var heldBack: String?
}

/// What a client that comes back asks for.
struct ResumeRequest: Sendable, Equatable {
  let connectionID: String
  /// The number of the next event that the client expects.
  let sequence: Int
}

extension SandboxState {
  /// Takes in a socket; `nil` when there are too many.
  func open(_ outlet: SocketOutlet) -> SocketID? {
    guard sockets.count < Limits.socketsMax else { return nil }
    socketsOpened += 1
    sockets[socketsOpened] = OpenSocket(outlet: outlet)
    return socketsOpened
  }

  /// Begins a connection for `user`: `hello`, and the user's new status.
  func begin(_ socketID: SocketID, as user: User) {
    guard sockets[socketID] != nil, !isAuthenticated(socketID) else { return }
    let connection = EventConnection(id: MattermostID.random(), userID: user.id, socketID: socketID)
    connections[connection.id] = connection
    sockets[socketID]?.connectionID = connection.id
    send(.hello(connectionID: connection.id, to: user.id), on: connection.id)
    setOnline(user.id)
    noteChange()
  }

  /// Goes on with a connection where its client left it. One that is unknown, or whose gap is no longer kept, begins
  /// anew: the `hello` with another id is the only sign.
  func resume(_ request: ResumeRequest, on socketID: SocketID, as user: User) {
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
    noteChange()
  }

  /// Forgets a socket that is gone; its connection waits for the client to come back.
  func close(_ socketID: SocketID) {
    guard let connectionID = sockets.removeValue(forKey: socketID)?.connectionID,
      let userID = connections[connectionID]?.userID
    else { return }
    connections[connectionID]?.socketID = nil
    away.append(connectionID)
    if away.count > Limits.connectionsAwayMax { connections[away.removeFirst()] = nil }
    if !isConnected(userID), online.remove(userID) != nil { emit(.statusChange(of: userID, isOnline: false)) }
    noteChange()
  }

  /// Whether the socket has shown a token.
  func isAuthenticated(_ socketID: SocketID) -> Bool { sockets[socketID]?.connectionID != nil }

  /// Whose socket it is.
  func user(of socketID: SocketID) -> User? {
    guard let id = sockets[socketID]?.connectionID, let connection = connections[id] else { return nil }
    return users[connection.userID]
  }

  /// Whether `userID` has a socket that is told of events.
  func isConnected(_ userID: String) -> Bool {
    connections.values.contains { $0.userID == userID && $0.socketID != nil }
  }

  /// Asks a client to show that it is there.
  func ping(_ socketID: SocketID) { outlet(of: socketID)?.send(.ping, []) }

  /// The way out to a socket, unless nothing goes out on it.
  func outlet(of socketID: SocketID) -> SocketOutlet? {
    sockets[socketID].flatMap { $0.isMute ? nil : $0.outlet }
  }

  /// Drops every socket without a close frame.
  func dropSockets() {
    for socket in sockets.values { socket.outlet.end() }
  }

  /// Notes that a user is there, and tells their connections when that is new.
  func setOnline(_ userID: String) {
    guard online.insert(userID).inserted else { return }
    emit(.statusChange(of: userID, isOnline: true))
  }

  /// Tells an event to the connections of everybody whom it concerns, those whose client is away included.
  func emit(_ event: SandboxEvent) {
    for connection in connections.values where isMeant(connection.userID, by: event.audience) {
      send(event, on: connection.id)
    }
  }

  private func send(_ event: SandboxEvent, on connectionID: String) {
    guard let frame = connections[connectionID]?.frame(for: event), let connection = connections[connectionID] else {
      return
    }
    put(frame, of: event, on: connection)
  }

  private func isMeant(_ userID: String, by audience: SandboxEvent.Audience) -> Bool {
    switch audience {
    case .user(let id): id == userID
    case .everybodyWithout(let omitted): userID != omitted
    case .channel(let id): channels[id]?.memberIDs.contains(userID) ?? false
    case .channelWithout(let id, let omitted):
      userID != omitted && channels[id]?.memberIDs.contains(userID) ?? false
    }
  }
}
