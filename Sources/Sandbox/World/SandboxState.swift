import FoundationEssentials

/// All that the sandbox knows: who there is, what was said, and who listens.
///
/// Its methods are Mattermost's application layer: they check rights, change the state and tell the connections.
actor SandboxState {
  let cast: Fixtures
  private let usersByName: [String: User]
  private let usersByToken: [String: User]
  private let tokens: [String: String]
  let postsKeptMax: Int

  // The extensions in this folder share what follows.
  /// As they are now, by their ids.
  var users: [String: User]
  var channels: [String: Channel]
  var posts: [String: Post] = [:]
  /// Ids of a channel's posts in the order they came.
  var timelines: [String: [String]] = [:]
  /// Of threads that have any, by the id of the root.
  var replyCounts: [String: Int] = [:]
  /// Ids of channels in which only their admins may post.
  var moderated: Set<String> = []
  var pendingPosts = PendingPosts()
  /// Files that hang on no post yet, the oldest first.
  var uploads: [UploadedFile] = []
  var connections: [String: EventConnection] = [:]
  /// Ids of connections whose client is away, the one that left first in front.
  var away: [String] = []
  var sockets: [SocketID: OpenSocket] = [:]
  var socketsOpened = 0
  var online: Set<String> = []
  var faults = FaultPlan()
  /// How many calls by the bot are being carried out, and were at most.
  var callsUnderWay = 0
  var mostCallsAtOnce = 0
  private var lastMoment = 0
  private var observers: [Int: AsyncStream<Void>.Continuation] = [:]
  private var observersSeen = 0

  /// By how much its clock is ahead of this machine's; behind it, if below zero.
  private nonisolated let clockAhead: Duration

  init(botToken: String, postsKeptMax: Int, people: Int, rooms: Int, clockAhead: Duration) {
    self.postsKeptMax = postsKeptMax
    self.clockAhead = clockAhead
    let cast = Fixtures(createAt: Self.milliseconds(ahead: clockAhead), people: people, rooms: rooms)
    self.cast = cast
    users = Dictionary(uniqueKeysWithValues: cast.users.map { ($0.id, $0) })
    usersByName = Dictionary(uniqueKeysWithValues: cast.users.map { ($0.username, $0) })
    channels = Dictionary(uniqueKeysWithValues: cast.channels.map { ($0.id, $0) })
    tokens = Dictionary(
      uniqueKeysWithValues: cast.users.map {
        ($0.id, $0.username == Fixtures.botName ? botToken : MattermostID.random())
      })
    var usersByToken: [String: User] = [:]
    for user in cast.users { usersByToken[tokens[user.id] ?? ""] = user }
    self.usersByToken = usersByToken
  }

  /// Whose token it is, by the name that they began with.
  nonisolated func user(token: String) -> User? { usersByToken[token] }
  /// The user who began with a name, whatever its case.
  nonisolated func user(named name: String) -> User? { usersByName[name.lowercased()] }
  /// The token to act as a user.
  nonisolated func token(of userID: String) -> String { tokens[userID] ?? "" }

  /// Milliseconds since 1970, later than every moment before: no two posts of the sandbox share their time.
  func moment() -> Int {
    lastMoment = max(milliseconds, lastMoment + 1)
    return lastMoment
  }

  /// Milliseconds since 1970 by its clock.
  nonisolated var milliseconds: Int { Self.milliseconds(ahead: clockAhead) }

  private static func milliseconds(ahead: Duration) -> Int {
    Int(Date.now.timeIntervalSince1970 * 1000) + Int(ahead / .milliseconds(1))
  }
}

// MARK: - Waiting

extension SandboxState {
  /// To be called after every change that somebody may wait for.
  func noteChange() {
    for observer in observers.values { observer.yield() }
  }

  /// The first answer of `condition`, asked now and after every change.
  ///
  /// - Parameter what: what is waited for, to follow "waited … for".
  func wait<Answer: Sendable>(
    within limit: Duration, for what: String,
    until condition: @Sendable (isolated SandboxState) throws(SandboxError) -> Answer?
  ) async throws(SandboxError) -> Answer {
    // One waiting change is enough to look again.
    let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let id = observersSeen
    observersSeen += 1
    observers[id] = continuation
    let deadline = Task {
      try? await Task.sleep(for: limit)
      continuation.finish()
    }
    defer {
      deadline.cancel()
      observers[id] = nil
    }
    if let answer = try condition(self) { return answer }
    for await _ in changes {
      if let answer = try condition(self) { return answer }
    }
    throw .timedOut(what, after: limit)
  }
}
