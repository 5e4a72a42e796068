import FoundationEssentials
import Synchronization

/// The users, channels, posts and connections of the sandbox.
///
/// Its methods are the application layer of Mattermost: they check permissions, change the state and send events.
actor SandboxState {
  let postsKeptMax: Int
  /// With a lock, since tests read it without waiting for the actor.
  private nonisolated let accounts: Mutex<AccountIndex>

  // The extensions in this folder share the following properties.
  /// The teams, that of the fixtures first. Every user is a member of all.
  var teams: [Team]
  /// The users by their ids, with their present names.
  var users: [String: Account]
  var channels: [String: SandboxChannel]
  var posts: [String: StoredPost] = [:]
  /// The ids of the posts of a channel, oldest first, by the id of the channel.
  var timelines: [String: [String]] = [:]
  /// The number of replies in a thread, by the id of its root.
  var replyCounts: [String: Int] = [:]
  /// The ids of channels in which members may not post.
  var moderated: Set<String> = []
  var webhooks: [IncomingWebhook]
  /// Explains a post to the page; `nil` without rules.
  var explanation: (@Sendable (SandboxPost) async -> String)?
  var pendingPosts = PendingPosts()
  /// Files that are not attached to a post, oldest first.
  var uploads: [UploadedFile] = []
  var connections: [String: EventConnection] = [:]
  /// The ids of connections without a client, in the order in which the clients left.
  var away: [String] = []
  var sockets: [SocketID: OpenSocket] = [:]
  var socketsOpened = 0
  var online: Set<String> = []
  var faults = FaultPlan()
  /// The number of concurrent calls by the bot, and its maximum so far.
  var activeCalls = 0
  var mostCallsAtOnce = 0
  private var lastMoment = 0
  private var observers: [Int: AsyncStream<Void>.Continuation] = [:]
  private var observersSeen = 0

  private nonisolated let clockAhead: Mutex<Duration>

  init(botToken: String, postsKeptMax: Int, people: Int, rooms: Int, clockAhead: Duration) {
    self.postsKeptMax = postsKeptMax
    self.clockAhead = Mutex(clockAhead)
    let fixtures = Fixtures(createAt: Self.milliseconds(ahead: clockAhead), people: people, rooms: rooms)
    teams = [fixtures.team]
    users = Dictionary(uniqueKeysWithValues: fixtures.users.map { ($0.id, $0) })
    channels = Dictionary(uniqueKeysWithValues: fixtures.channels.map { ($0.id, $0) })
    webhooks = [fixtures.webhook]
    var accounts = AccountIndex()
    for user in fixtures.users {
      accounts.add(
        user, token: user.username == Fixtures.botName ? botToken : MattermostID.random(),
        isSpeaker: Fixtures.speakers.contains(user.username))
    }
    self.accounts = Mutex(accounts)
  }

  /// Returns the user of a token, with the original name.
  nonisolated func user(token: String) -> Account? { accounts.withLock { $0.account(token: token) } }
  /// Returns the user with an original name, ignoring case.
  nonisolated func user(named name: String) -> Account? { accounts.withLock { $0.account(named: name) } }
  /// The ids of the users that the page can act as.
  nonisolated var speakerIDs: Set<String> { accounts.withLock(\.speakerIDs) }
  nonisolated func token(of userID: String) -> String { accounts.withLock { $0.token(of: userID) } ?? "" }

  /// Adds a user that the page can act as.
  func add(_ user: Account) {
    users[user.id] = user
    accounts.withLock { $0.add(user, token: MattermostID.random(), isSpeaker: true) }
  }

  /// Returns milliseconds since 1970 that are later than all returned before, so that no two posts have the same time.
  func nextMoment() -> Int {
    lastMoment = max(milliseconds, lastMoment + 1)
    return lastMoment
  }

  /// Milliseconds since 1970 by its clock.
  nonisolated var milliseconds: Int { Self.milliseconds(ahead: clockAhead.withLock { $0 }) }

  /// Advances its clock: all that has happened so far is as much older.
  nonisolated func advanceClock(by duration: Duration) { clockAhead.withLock { $0 += duration } }

  private static func milliseconds(ahead: Duration) -> Int {
    Int(Date.now.timeIntervalSince1970 * 1000) + Int(ahead / .milliseconds(1))
  }
}

// MARK: - Waiting

extension SandboxState {
  /// Notifies waiting tasks of a change.
  func notifyObservers() {
    for observer in observers.values { observer.yield() }
  }

  /// Returns the first value of `condition` that is not `nil`. It is evaluated now and after every change.
  ///
  /// - Parameter change: the end of a sentence: "timed out waiting for …".
  func wait<Value: Sendable>(
    within limit: Duration, for change: String,
    until condition: @Sendable (isolated SandboxState) throws(SandboxError) -> Value?
  ) async throws(SandboxError) -> Value {
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
    throw .timedOut(change, after: limit)
  }
}

extension SandboxState {
  /// All users with their present names, in the order in which they were added.
  var allUsers: [Account] { accounts.withLock(\.ids).compactMap { users[$0] } }

  /// Renames a user, with or without the events for all users.
  func rename(user id: String, to name: String, sendsEvent: Bool) {
    users[id]?.username = name
    users[id]?.updateAt = nextMoment()
    guard sendsEvent, let user = users[id] else { return }
    for event in SandboxEvent.userUpdated(user) { emit(event) }
    notifyObservers()
  }
}

/// A failure of the sandbox.
package enum SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// It cannot listen on the port, for the reason that the system gives.
  case cannotListen(host: String, port: UInt16, reason: String)
  /// Mattermost would refuse the call with this error.
  case refused(id: String, message: String)
  /// An expected change did not happen in time.
  case timedOut(_ change: String, after: Duration)
  case unknownUser(String)
  case unknownChannel(String)

  /// The failure and the remedy.
  package var description: String {
    switch self {
    case .cannotListen(let host, let port, let reason):
      "the sandbox cannot listen on \(host):\(port): \(reason); choose another port, or 0 for any free one"
    case .refused(let id, let message):
      "the sandbox refused, as Mattermost would: \(message) (\(id))"
    case .timedOut(let change, let limit):
      "timed out after \(limit) waiting for \(change)"
    case .unknownUser(let name):
      "the sandbox has no user `\(name)`; it has \(Fixtures.speakers.joined(separator: ", ")) and \(Fixtures.botName)"
    case .unknownChannel(let name):
      "the sandbox has no channel `\(name)` that the user is in; name one by its name, `@user` for a direct channel, "
        + "or `group`"
    }
  }

  init(_ error: AppError) { self = .refused(id: error.id, message: error.message) }
}
