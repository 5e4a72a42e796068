import AgentSessions
import ConfigLoader
import Core
import Logging
import MattermostIO

extension Ingest {
  /// Takes up what an earlier gateway left, in the order in which it came.
  func takeUp(_ unfinished: [UnfinishedPost]) async {
    // The first call that fails for trouble with the server is the last one: nobody has to wait for all of them.
    var isReachable = true
    var failures = 0
    for post in unfinished {
      switch post {
      case .waiting(let message):
        guard isReachable else {
          await actions.resume(message)
          continue
        }
        do throws(MattermostError) {
          try await takeUp(message, as: try await self.post(of: message.post))
        } catch {
          if error.isNotFound {
            await drop(message, error)
          } else {
            failures += 1
            isReachable = !error.affectsAllRequests && failures < Limits.owedFailuresMax
            await actions.resume(message)
          }
        }
      case .claimed(let claim):
        if isReachable {
          guard let error = await takeUp(claim) else { continue }
          failures += 1
          isReachable = !error.affectsAllRequests && failures < Limits.owedFailuresMax
        }
        owed.append(claim)
      }
    }
  }

  /// Tries what could not be taken up before; tells whether nothing is left of it. Whoever asks meanwhile hears the same.
  func takeUpOwed() async -> Bool {
    let task = takingUp ?? Task { await takeUpAllOwed() }
    takingUp = task
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private func takeUpAllOwed() async -> Bool {
    defer { takingUp = nil }
    // One that the server can never tell of holds up no other; where it tells nothing at all, nobody tries them all.
    var failed: [String] = []
    while !owed.isEmpty, failed.count < Limits.owedFailuresMax {
      let claim = owed.removeFirst()
      guard let error = await takeUp(claim) else { continue }
      failed.append(claim)
      if error.affectsAllRequests { break }
    }
    owed += failed
    return owed.isEmpty
  }

  /// Decides once more what an earlier gateway had claimed when it was killed, or returns why the server cannot be asked.
  private func takeUp(_ claim: String) async -> MattermostError? {
    do throws(MattermostError) {
      let post = try await post(of: claim)
      let place = try await place(of: post)
      let event = event(
        of: claim, as: post, in: place, by: try await account(post.userID), joined: await hasJoined(post.rootID))
      if !event.isEdit { _ = recent.meet(post.id) }
      recent.note(event)
      // The store may not have taken it before.
      do throws(StoreError) {
        _ = try await actions.store.claim(claim, at: actions.poster.client.clock.now)
      } catch {
        logger.error("post not claimed", metadata: ["post": "\(claim)", "reason": "\(error)"])
      }
      // What was recorded of it before ends here.
      actions.outcomes.record(.decidedAgain, of: claim)
      await decide(event, isClaimed: true)
      return nil
    } catch {
      guard error.isInaccessible || error.code == .unreadable else {
        logger.warning("claimed post not taken up yet", metadata: ["post": "\(claim)", "reason": "\(error)"])
        return error
      }
      await drop(claim, error)
      return nil
    }
  }

  /// The post that a claim is of, or of whose edit it is.
  private func post(of claim: String) async throws(MattermostError) -> Post {
    try await actions.poster.client.post(ClaimID.post(of: claim))
  }

  /// Drops a message whose post is gone, and what an agent may know of it.
  private func drop(_ message: PendingMessage, _ error: MattermostError) async {
    logger.notice("post is gone, so not answered", metadata: ["post": "\(message.post)", "reason": "\(error)"])
    actions.outcomes.record(.dropped(.gone), of: message.post)
    let key = SessionKey(text: message.session)
    await actions.withdraw(.message(ClaimID.post(of: message.post)), from: Set([key].compactMap(\.self)))
  }

  private func drop(_ claim: String, _ error: MattermostError) async {
    logger.notice(
      "post is gone or cannot be read, so not answered", metadata: ["post": "\(claim)", "reason": "\(error)"])
    actions.outcomes.record(.dropped(.gone), of: claim)
    await actions.poster.finish(claim)
  }
}
