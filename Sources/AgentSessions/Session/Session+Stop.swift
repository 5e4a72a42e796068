import Logging
import RuleEngine

extension Session {
  /// Ends the running turn and drops what waits. When it returns, the agent's request has been told to close and nothing
  /// of the turn is posted any more. It waits for the turn at most 900 ms, and for the store what that takes.
  ///
  /// Where the answer is being posted at that very moment, posting is cancelled: posts that the server had already
  /// taken stand, and where all of them had been, the exchange counts as answered although it is reported as stopped.
  /// Messages that are submitted from here on are answered as usual.
  ///
  /// - Parameter name: the name of whoever wants it so.
  package func stop(by name: String = "") async -> StopReport {
    holds += 1
    let report = await endEverything(by: name)
    holds -= 1
    startNext()
    return report
  }

  /// Does what `stop` does, then begins the conversation anew: what was said before is deleted from the store.
  ///
  /// - Parameters:
  ///   - user: the id of who wants it so.
  ///   - name: their name.
  /// - Throws: where the store cannot be written; the turn is stopped all the same, the conversation goes on.
  package func reset(by user: String = "", named name: String = "") async throws(StoreError) -> StopReport {
    holds += 1
    defer {
      holds -= 1
      startNext()
    }
    let report = await endEverything(by: name)
    dropFolder(of: try await store.renew(key.text, at: now()) - 1)
    onChange(key, .reset, user)
    return report
  }

  /// Ends the running turn and leaves it, and what waits, in the store for the next start.
  func shutDown() async {
    isShutDown = true
    for turn in waiting { turn.request.unanswered(.left) }
    waiting = []
    stopWaitingForRoom()
    guard current != nil else { return }
    current?.end(.shutDown)
    if await !turnIsOver(within: Limits.stopTime) {
      logger.warning("turn did not end in time", metadata: ["session": "\(key)"])
    }
  }

  /// Stops the running turn for a newer message, and puts that one next. What waits and would have interrupted too is
  /// said but not answered: the newest message continues it. What waits under other rules goes on waiting.
  func interrupt(with id: Int) async -> SubmissionResult {
    guard let place = waiting.firstIndex(where: { $0.id == id }) else { return .rejected(.stopped) }
    var newest = waiting[place]
    newest.isNext = true
    let superseded = waiting[..<place].filter { $0.isKept && $0.request.busy.mode == .interrupt }
    waiting.removeAll { turn in turn.id == id || superseded.contains { $0.id == turn.id } }
    waiting.insert(newest, at: 0)
    let submission: SubmissionResult
    switch current?.isDelivering {
    case nil: submission = .started
    // An answer that is being posted is as good as given: cutting it in two would help nobody.
    case true?: submission = .queued(place: 1)
    case false?:
      submission = .interrupting
      current?.end(.interrupted)
    }
    holds += 1
    for turn in superseded {
      await write(TurnRecord(request: turn.request, replaces: turn.replaces, end: .interrupted))
    }
    holds -= 1
    for turn in superseded {
      turn.request.unanswered(.interrupted)
      abandon(turn, at: turn.reply?.text)
    }
    startNext()
    return submission == .started && isWaitingForRoom ? .queued(place: 1) : submission
  }

  /// Has what was shown of a turn that people ended marked, beside what comes next: nobody waits for it.
  func abandon(_ turn: WaitingTurn, at written: String?) {
    Task { await turn.request.abandon(written) }
  }

  private func endEverything(by name: String) async -> StopReport {
    stopper = name
    let dropped = waiting
    waiting = []
    stopWaitingForRoom()
    let stopped = current?.report
    current?.end(.stopped)
    await forget(dropped.map(\.request.post))
    let isOver = await turnIsOver(within: Limits.stopTime)
    for turn in dropped {
      turn.request.unanswered(.stopped(by: name))
      abandon(turn, at: turn.reply?.text)
    }
    return StopReport(stopped: stopped, dropped: dropped.map(\.request.post), isOver: isOver)
  }

  /// Waits, for a moment, until an answer that is being posted is in the history too: whoever has seen it may ask about
  /// it at once.
  func settle() async {
    guard current?.isDelivering == true else { return }
    _ = await turnIsOver(within: Limits.stopTime)
  }

  /// Waits until the running turn is over, at most for `limit`; tells whether it is.
  func turnIsOver(within limit: Duration) async -> Bool {
    guard current != nil else { return true }
    lastWaiter += 1
    let waiter = lastWaiter
    let alarm = Task {
      try await Task.sleep(for: limit)
      endWaiters.removeValue(forKey: waiter)?.resume(returning: false)
    }
    defer { alarm.cancel() }
    return await withCheckedContinuation { endWaiters[waiter] = $0 }
  }
}
