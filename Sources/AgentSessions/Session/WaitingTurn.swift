/// A message that a session has taken in and not begun to answer.
struct WaitingTurn: Identifiable {
  let id: Int
  var request: TurnRequest
  /// The exchange that the turn is to replace, for a retry.
  var replaces: Int64?
  /// For a retry of a message that was not over when it came, that message, and what it repeats itself if it is a retry:
  /// which exchange it replaces is known when it begins.
  var retried: [TurnRequest] = []
  /// Its place among the messages of all sessions.
  let order: Int
  /// Counts it as long as it waits or runs.
  let ticket: Backlog.Ticket
  /// Whether it interrupted another, so that it is next whoever waits.
  var isNext = false
  /// Whether the store has it, so that it may begin.
  var isKept = false
  /// Whether the agent that is answering may yet be told of it: until then it does not begin.
  var isJoining = false
  /// What the hooks said where they were asked already: nil inside where it may begin.
  var hooksSaid: String??
  /// Whether a gateway that was killed had asked an agent that may do more than answer.
  var isBegun = false
  /// Whether its answer was ended because another message was deleted that it was to answer, too.
  var isCutOff = false
  /// Whether parts of an earlier answer to it may be posted: they are looked for.
  var mayBeOut = false
  /// The reply, where one from before a restart is only to be delivered.
  var reply: Reply?

  /// Whether it is a retry of a message that was not over when it came.
  var retriesUnfinished: Bool { !retried.isEmpty }
}
