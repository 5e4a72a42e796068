import Core
import Logging

extension Session {
  /// Ends, without a word, what is about a post that was deleted: messages that wait are dropped, the turn that answers one
  /// is stopped, and the history forgets them. Everything else in the session goes on.
  ///
  /// It waits for the stopped turn as `stop()` does.
  ///
  /// - Returns: the ids of the messages that were dropped or whose answer was stopped.
  package func withdraw(_ deletion: Deletion) async -> [String] {
    holds += 1
    var withdrawn: [String] = []
    var ended = SessionDeletion(deletion: deletion)
    do throws(StoreError) {
      ended = try await store.exchanges(of: deletion, session: key.text)
    } catch {
      logger.error("history not looked up", metadata: ["session": "\(key)", "reason": "\(error)"])
    }
    let dropped = waiting.filter(ended.ends)
    waiting.removeAll(where: ended.ends)
    withdrawn += dropped.map(\.request.post)
    // What the agent is just being told counts as told.
    let wasTold = dropped.contains { tellings[$0.id] != nil }
    let running = current.map { [$0.turn] + $0.joined } ?? []
    if wasTold || running.contains(where: ended.ends) {
      withdrawn += running.filter(ended.ends).map(\.request.post)
      current?.end(.deleted(ended))
    }
    await forget(dropped.map(\.request.post))
    if case .deleted? = current?.ending, await !turnIsOver(within: Limits.stopTime) {
      logger.warning("turn did not end in time", metadata: ["session": "\(key)"])
    }
    for turn in dropped { tell(turn, of: deletion) }
    do throws(StoreError) {
      try await store.forget(deletion, session: key.text)
      if case .message = deletion {
        try await remove(
          ended.files + (dropped + running).filter { ended.ends($0) && $0.replaces == nil }.flatMap(\.request.files))
      }
    } catch {
      logger.error("deleted message not forgotten", metadata: ["session": "\(key)", "reason": "\(error)"])
    }
    holds -= 1
    startNext()
    return withdrawn
  }

  /// Writes down a turn that a deletion ended. Messages that the same turn was to answer and that are still there are put
  /// back: they are next.
  func finish(_ turn: WaitingTurn, _ record: TurnRecord, _ ended: SessionDeletion) async {
    let turns = [turn] + (current?.joined ?? [])
    let left = turns.filter { mayGoOn($0, after: ended) }
    let over = turns.filter { !mayGoOn($0, after: ended) }
    var record = record
    record.end = .stopped
    record.isAnswerDeleted = if case .answer = ended.deletion { true } else { false }
    do throws(StoreError) {
      try await store.endDeleted(
        record, over: over.map(\.request.post), left: left.map(\.request), session: key.text, at: now())
      logger.debug("turn over", metadata: ["post": "\(turn.request.post)", "end": "deleted"])
    } catch {
      logger.error("turn not recorded", metadata: turn.request.logged(error))
    }
    for turn in over {
      turn.request.over(.stopped, nil, turn.request.agent)
      if ended.ends(turn) {
        tell(turn, of: ended.deletion)
      } else {
        turn.request.unanswered(.stopped(by: stopper))
        abandon(turn, at: nil)
      }
    }
    guard !isShutDown else { return }
    waiting.insert(
      contentsOf: left.map { turn in
        var again = turn
        (again.isNext, again.isJoining, again.reply) = (true, false, nil)
        (again.isBegun, again.isCutOff) = (true, true)
        again.mayBeOut = turn.mayBeOut || current?.isDelivering == true
        return again
      }, at: 0)
  }

  /// Whether a message of a turn that a deletion ended is to be answered all the same: it is there, and nobody stopped it.
  private func mayGoOn(_ turn: WaitingTurn, after ended: SessionDeletion) -> Bool {
    current?.isStopped != true && !ended.ends(turn)
  }

  /// Removes files of messages from the conversation's folder.
  private func remove(_ files: [AttachedFile]) async throws(StoreError) {
    guard !files.isEmpty, let generation = try await store.facts(of: key.text)?.generation else { return }
    let folder = folders.folder(of: key.text, generation: generation)
    for file in files {
      do throws(FolderError) {
        try folder.remove(file.pathInFolder)
      } catch {
        // No agent need have asked for it.
        guard error.code != .noFile else { continue }
        logger.error("file not removed", metadata: ["session": "\(key)", "reason": "\(error)"])
      }
    }
  }

  private func tell(_ turn: WaitingTurn, of deletion: Deletion) {
    Task { await turn.request.withdrawn(deletion) }
  }
}
