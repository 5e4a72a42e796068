package import Core
package import FoundationEssentials
package import RuleEngine

/// All that must outlive the process: conversations, messages that wait for an answer, claims, replies that are not
/// posted yet, how far each channel was read, and which threads the bot has joined.
///
/// Every operation is made as a whole or not at all, and cancelling its task does not cut it short. Those of one task
/// are made in the order of its calls.
package protocol SessionStore: Sendable {
  /// The state of what holds the data, as of the last check.
  var condition: StoreCondition { get }

  /// True as long as no other gateway may have taken over. Looks at nothing but the clock, so that it can be asked right
  /// before each act that others see.
  var isHeld: Bool { get }

  /// Why this gateway may claim no posts now, or `nil` if it may.
  var obstacle: StoreError? { get }

  /// The name that all gateways of the store have in common, or `nil` if there is one gateway.
  var instance: String? { get }

  /// The number of gateways that can work with the store, as this one last saw them, and of the sessions that this one
  /// holds; `nil` if there is one gateway.
  var share: StoreShare? { get }

  /// Tells other gateways of the store whether this one receives posts.
  func setReady(_ isReady: Bool)

  /// Puts these rules in force for all gateways of the store: those with others claim nothing.
  ///
  /// - Parameter fingerprint: the same for all gateways with the same rules.
  func use(rules fingerprint: String) async throws(StoreError)

  /// Keeps the store usable until the task is cancelled, or returns why the gateway must end: another has taken the place
  /// of this store, or of this gateway.
  ///
  /// - Parameter interval: the time between two checks of what has to be looked at.
  func run(checkingEvery interval: Duration) async -> StoreError?

  /// Ends the use of the store. Operations that are called afterwards throw `.closed`.
  func close() async

  // MARK: Taking over

  /// Returns when there may be something to take over, or the task is cancelled.
  func waitForTakeover() async

  /// Returns what this gateway is to continue with, each of it once: all that an earlier one left; and of several
  /// gateways, what others have handed over to this one, and what those left that ended.
  func takeOver() async throws(StoreError) -> Takeover

  // MARK: Claims and waiting messages

  /// Returns the time for which this gateway leaves a post of a session to others that come first: zero if none does.
  func claimDelay(for session: SessionKey) -> Duration

  /// Claims a post, or an edit of one, before any work on it begins: for this gateway, or for the one that holds its
  /// session.
  ///
  /// A claim ends with `finish(_:)`, with the reply that `add(_:payload:finishing:)` stores, or with the turn that
  /// answers it. If a gateway is killed before, the next one takes it over.
  ///
  /// - Returns: `.new` to one caller, also after a restart.
  func claim(_ claim: Claim, of session: SessionKey, at now: Date) async throws(StoreError) -> ClaimResult

  /// Returns those of some posts and edits that are claimed by anyone.
  func claimed(_ claims: [Claim]) async throws(StoreError) -> Set<Claim>

  /// Ends claims for which nothing is left to do, with their waiting messages; later, if that cannot be stored now.
  func finish(_ claims: [Claim]) async throws(StoreError)

  /// Deletes a claim, so that it can be made again: an edit made its post no message.
  func release(_ claim: Claim) async throws(StoreError)

  /// Returns the messages that were made of a post or of edits of it and are not answered yet, also those of other
  /// gateways.
  func pending(of post: PostID) async throws(StoreError) -> [PendingMessage]

  /// Stores a message until it is answered, and returns its state if it is stored already.
  ///
  /// - Parameter root: the root of the thread in which it was written; `nil` in the channel itself.
  func enqueue(
    _ claim: Claim, session: SessionKey, payload: String, root: PostID?, at now: Date
  ) async throws(StoreError) -> StoredTurn

  /// Replaces a waiting message by its corrected version.
  func correct(_ claim: Claim, payload: String) async throws(StoreError)

  /// Removes a waiting message and opens its claim again.
  func reopen(_ claim: Claim) async throws(StoreError)

  /// Returns whether an agent was asked about a message that may do more than answer.
  func isBegun(_ claim: Claim) async throws(StoreError) -> Bool

  /// Records whether an agent was asked about a message that may do more than answer.
  func setBegun(_ isBegun: Bool, _ claim: Claim) async throws(StoreError)

  // MARK: Conversations

  /// Begins a turn: starts a new generation if the policy says so, and reads the history, oldest first, as far as any
  /// agent may see it.
  ///
  /// - Parameter readsHistory: False to leave the history empty, for an agent that does not read it.
  func begin(
    _ session: SessionKey, policy: SessionPolicy, readsHistory: Bool, leavingOut skipped: Int64?, at now: Date
  ) async throws(StoreError) -> TurnStart

  /// Ends a turn in one step: its message no longer waits, its claim is done, its reply is out of the outbox, its usage
  /// is counted and its exchange in the history. If the conversation was reset meanwhile, the exchange belongs to
  /// nothing and is not stored.
  func end(_ turn: TurnRecord, session: SessionKey, at now: Date) async throws(StoreError)

  /// Starts a conversation over, and returns its new generation. Its history is deleted: nothing may read it again.
  func renew(_ session: SessionKey, at now: Date) async throws(StoreError) -> Int64

  /// Returns all conversations, each with its generation.
  func generations() async throws(StoreError) -> [(key: SessionKey, generation: Int64)]

  /// Returns the exchange that a retry of `user` repeats: the last one of the current conversation that failed if the
  /// user has asked nothing since being told so, else the last one, answered or not.
  func lastExchange(of user: UserID, session: SessionKey) async throws(StoreError) -> PastExchange?

  /// Returns the exchange that one of these messages has become, or else the one with this id, or `nil` if there is
  /// none.
  func exchange(ofAny claims: [Claim], or id: Int64?, session: SessionKey) async throws(StoreError) -> PastExchange?

  /// Returns whether a conversation has any message of a thread.
  func hasSeen(thread root: PostID, session: SessionKey) async throws(StoreError) -> Bool

  /// Returns the row of a conversation, or `nil` if it has never started.
  func facts(of session: SessionKey) async throws(StoreError) -> SessionRow?

  /// Returns the usage of a conversation, in this generation and in all.
  func usage(of session: SessionKey) async throws(StoreError) -> SessionUsage

  /// Returns an agent's note of this generation, or `nil` if there is none.
  func note(_ key: AgentNoteKey) async throws(StoreError) -> String?

  /// Replaces an agent's note, unless something was removed from the conversation since the agent was asked: its note
  /// may lead it back to that.
  func setNote(_ text: String, _ key: AgentNoteKey) async throws(StoreError)

  // MARK: Replies

  /// Stores a reply for which no agent is asked, and ends the claim that it answers: both or neither, so that a gateway
  /// that is killed here has either posted nothing yet or will post the reply once.
  func add(_ reply: Reply, payload: String, finishing claim: Claim?) async throws(StoreError)

  /// Stores the reply to a message, and ends other claims that it answers too; neither if the message does not wait any
  /// more.
  ///
  /// - Parameter reply: Its id is `.answer(to: claim)`.
  /// - Returns: true if it is stored.
  func add(_ reply: Reply, to claim: Claim, finishing others: [Claim]) async throws(StoreError) -> Bool

  /// Records that the first `count` posts of a reply are posted, the last of them in the thread of `root`, so that the
  /// next start continues after them if the gateway is killed now.
  func recordPosted(
    _ count: Int, of reply: ReplyID, thread root: PostID, at now: Date
  ) async throws(StoreError)

  /// Deletes a reply that is posted, and records the thread in which its last post is. The reply to a message is deleted
  /// with the message.
  func removePosted(_ reply: ReplyID, thread root: PostID?, at now: Date) async throws(StoreError)

  /// Deletes a reply that will never be posted.
  func remove(_ reply: ReplyID) async throws(StoreError)

  // MARK: Deletions

  /// Returns the sessions that a deletion concerns: those with a message that waits or is being answered, or an
  /// exchange, about it. Those that another gateway holds are left out: it sees to them.
  func sessions(of deletion: Deletion) async throws(StoreError) -> [SessionKey]

  /// Returns the channels of the messages that conversations have in their history.
  func rememberedChannels() async throws(StoreError) -> Set<ChannelID>

  /// Returns the exchanges of a session that a deletion removes, and the files of the deleted messages.
  func exchanges(of deletion: Deletion, session: SessionKey) async throws(StoreError) -> SessionDeletion

  /// Deletes the waiting messages and exchanges of a session that a deletion concerns. Of an exchange whose answer was
  /// deleted the question stays, for a retry alone.
  func forget(_ deletion: Deletion, session: SessionKey) async throws(StoreError)

  /// Ends a turn that a deletion ended: its usage is counted, and none of it is in the history.
  ///
  /// - Parameters:
  ///   - over: the messages of the turn that will not be answered.
  ///   - left: those that another turn is to answer.
  func endDeleted(
    _ turn: TurnRecord, over: [Claim], left: [TurnRequest], session: SessionKey, at now: Date
  ) async throws(StoreError)

  // MARK: Cursors

  /// Stores the cursors of the first start with this store, and returns when that was.
  func begin(
    with cursors: [ChannelID: ChannelCursor], at now: Date
  ) async throws(StoreError) -> Date

  /// Returns the channels' cursors, by channel.
  func cursors() async throws(StoreError) -> [ChannelID: ChannelCursor]

  /// Moves cursors forward, and deletes those of channels that the bot has left.
  func update(_ cursors: [ChannelID: ChannelCursor], removing gone: Set<ChannelID>) async throws(StoreError)

  // MARK: Joined threads

  /// Records that the bot has posted in the thread of `root`.
  func joinThread(_ root: PostID, at now: Date) async throws(StoreError)

  /// Records that a gateway of this store has posted in the thread of `root`, which stores that itself if there are
  /// several.
  func recordJoined(thread root: PostID, at now: Date) async throws(StoreError)

  /// Returns whether the bot has posted in the thread of `root`.
  func hasJoined(thread root: PostID) async throws(StoreError) -> Bool

  /// Forgets which threads the bot has not joined, because posts of other gateways may have been missed.
  func forgetUnjoinedThreads() async
}

/// The part that a gateway has in the work with a store.
package struct StoreShare: Sendable, Equatable {
  /// The number of gateways that receive posts and have the rules in force.
  package var gateways: Int
  /// The number of sessions of which this one has the lease.
  package var sessions: Int
}

/// What became of a claim.
package enum ClaimResult: Sendable, Equatable {
  /// It is this gateway's, which begins the work now.
  case new
  /// It was this gateway's before.
  case known
  /// It is another gateway's.
  case elsewhere
}

/// What a gateway continues with.
package struct Takeover: Sendable {
  /// The replies that no message waits for and that are not all posted, in the order in which they were stored.
  package var replies: [PendingReply] = []
  /// What was accepted and is not answered yet, in the order in which it came.
  package var posts: [UnfinishedPost] = []
  /// True if some of it may be of a gateway that has ended.
  package var isOfOthers = false

  package init(replies: [PendingReply] = [], posts: [UnfinishedPost] = [], isOfOthers: Bool = false) {
    (self.replies, self.posts, self.isOfOthers) = (replies, posts, isOfOthers)
  }
}
