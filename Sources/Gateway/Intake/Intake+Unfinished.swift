import AgentSessions
import Logging
import MattermostIO
import Vocabulary

extension Intake {
  /// Takes up what an earlier gateway left, in the order in which it came.
  func takeUp(_ unfinished: [UnfinishedPost]) async {
    for post in unfinished {
      switch post {
      case .waiting(let message): await actions.resume(message)
      case .claimed(let claim): if await !takeUp(claim) { owed.append(claim) }
      }
    }
  }

  /// Tries what could not be taken up before; tells whether nothing is left of it.
  func takeUpOwed() async -> Bool {
    for claim in owed where await takeUp(claim) { owed.removeAll { $0 == claim } }
    return owed.isEmpty
  }

  /// Decides once more what an earlier gateway had claimed when it was killed; false where the server cannot be asked.
  private func takeUp(_ claim: String) async -> Bool {
    do throws(MattermostError) {
      let parts = claim.split(separator: "@", maxSplits: 1)
      let post = try await actions.poster.client.post(String(parts.first ?? ""))
      let place = try await place(of: post)
      let name = await userName(post.userID)
      let isJoined = await hasJoined(post.rootID)
      var event: Event
      if parts.count > 1 {
        event = decoder.event(
          ofEdited: post, in: place.channel, team: place.team, userName: name, joined: isJoined)
        // Edited once more meanwhile, it would have another claim.
        event.milliseconds = Int64(parts[1]) ?? event.milliseconds
      } else {
        event = decoder.event(
          of: post, in: place.channel, team: place.team, userName: name, joined: isJoined)
        _ = recent.meet(post.id)
      }
      recent.note(event)
      await decide(event, isClaimed: true)
      return true
    } catch {
      guard error.code == .notFound || error.code == .forbidden else {
        logger.warning("claimed post not taken up yet", metadata: ["post": "\(claim)", "reason": "\(error)"])
        return false
      }
      logger.notice("claimed post is gone", metadata: ["post": "\(claim)", "reason": "\(error)"])
      await actions.poster.finish(claim)
      return true
    }
  }
}
