import AgentSessions
import ConfigLoader
import Core
import Journal
import Logging
import MattermostIO
import RuleEngine

/// An event whose author's account is not known yet.
struct UnattributedEvent: Sendable {
  var event: Event
  /// Whether it may be answered; else only its author's name is missing.
  let mayBeAnswered: Bool
  /// Whether the store has its claim.
  var isClaimed = false
}

extension Ingest {
  /// Returns the account of a post's author. One that the server does not know is no person's.
  func account(_ id: String) async throws(MattermostError) -> UserRecord {
    try await lookUp([id]).first ?? .unknown(id)
  }

  /// Returns accounts, and asks the server for those that are not known; without those that it does not know.
  func lookUp(_ ids: [String]) async throws(MattermostError) -> [UserRecord] {
    var unknown = ids.filter { accounts[$0] == nil }[...]
    while !unknown.isEmpty {
      for account in try await actions.poster.client.users(ids: Array(unknown.prefix(Limits.namesPerRequest))) {
        accounts.note(account)
      }
      unknown = unknown.dropFirst(Limits.namesPerRequest)
    }
    return ids.compactMap { accounts[$0] }
  }

  /// Decides an event, its author's account being asked for first where that can make a difference.
  func decideByAccount(_ event: Event) async {
    if let account = accounts[event.user.id], !anonymous.contains(where: { $0.event.user.id == account.id }) {
      await decide(event.written(by: account))
    } else if mayBeAnswered(event) {
      await setAside(UnattributedEvent(event: event, mayBeAnswered: true))
    } else if event.author == .webhook {
      // The server tells of it under the name that it claims: the journal, too, has to have the account's.
      await setAside(UnattributedEvent(event: event, mayBeAnswered: false))
    } else {
      await decide(event)
    }
  }

  /// Returns whether an event may be answered, whoever wrote it: what nobody answers makes no look-up necessary.
  private func mayBeAnswered(_ event: Event) -> Bool {
    let authors: [Author] =
      switch event.author {
      case .own, .system: []
      case .human, .bot: [.human, .bot]
      case .webhook, .plugin: [event.author]
      }
    return authors.contains { author in
      var event = event
      event.author = author
      if actions.approvals.reading(of: event) != nil || actions.approvals.isTooEarly(event) { return true }
      return !actions.rules.decide(event).isSilent
    }
  }

  /// Claims an event and keeps it until its author's account is known. What comes behind it waits for that, to be decided
  /// in order, but for a moment only and only behind the first.
  private func setAside(_ new: UnattributedEvent) async {
    var new = new
    if new.mayBeAnswered {
      do {
        guard try await actions.store.claim(new.event.claim, at: actions.poster.client.clock.now) else {
          logger.debug("taken in before", metadata: ["post": "\(new.event.post)"])
          return
        }
        new.isClaimed = true
      } catch {
        // It is claimed once more when it is decided, and its author told if that fails, too.
        logger.error("post not claimed", metadata: new.event.logged(["reason": "\(error)"]))
      }
    }
    guard anonymous.count < Limits.anonymousEventsMax else { return await giveUp([new]) }
    anonymous.append(new)
    guard lookingUp == nil else { return }
    let isOver = WakeableSleep()
    lookingUp = Task {
      await lookUpAuthors()
      await isOver.ring()
    }
    await isOver.wait(for: Limits.accountWait)
  }

  /// Asks for the authors of all events that were set aside, and decides those, until there are none.
  private func lookUpAuthors() async {
    while !anonymous.isEmpty, !Task.isCancelled {
      let asked = Set(anonymous.prefix(Limits.namesPerRequest).map(\.event.user.id))
      do throws(MattermostError) {
        let found = try await actions.poster.client.users(ids: asked.sorted())
        let known = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        // What they write meanwhile comes behind what they wrote before: they are not kept before that is decided. But
        // whoever writes without a pause holds up nobody else.
        for _ in 0..<Limits.anonymousEventsMax where !Task.isCancelled {
          guard let index = anonymous.firstIndex(where: { asked.contains($0.event.user.id) }) else { break }
          let next = anonymous.remove(at: index)
          let account = known[next.event.user.id] ?? .unknown(next.event.user.id)
          await decide(next.event.written(by: account), isClaimed: next.isClaimed)
        }
        for account in found { accounts.note(account) }
      } catch {
        // A gateway that ends leaves them to the next one.
        if !Task.isCancelled {
          logger.warning(
            "the authors of posts cannot be asked for; the posts wait",
            metadata: ["posts": "\(anonymous.count)", "reason": "\(error)"])
        }
        let left = anonymous
        anonymous = []
        await giveUp(left)
      }
    }
    lookingUp = nil
  }

  /// Has claimed posts read and decided by the next pass, which is tried again until the server answers; and decides
  /// what nobody answers without its author's name.
  private func giveUp(_ events: [UnattributedEvent]) async {
    owed += events.filter(\.mayBeAnswered).map(\.event.claim)
    for event in events where event.mayBeAnswered { await record(.delayed, of: event.event) }
    await alarm.ring()
    for event in events where !event.mayBeAnswered { await decide(event.event) }
  }

  /// Records an event that is not decided, as if its author were who the server says, and what came of it.
  private func record(_ outcome: EventOutcome, of event: Event) async {
    await journal?.record(
      event, actions.rules.decide(event), by: actions.rules.ruleSet, claim: event.claim)
    actions.outcomes.record(outcome, of: event.claim)
  }

  /// Puts what its author has made of a post in the place of what was set aside; false where it was not.
  func correctAnonymous(_ post: Post, in place: ChannelCache.Entry, joined: Bool) -> Bool {
    guard let index = anonymous.firstIndex(where: { $0.event.post == post.id && !$0.event.isEdit }) else {
      return false
    }
    anonymous[index].event = event(
      of: anonymous[index].event.claim, as: post, in: place, by: .unknown(post.userID), joined: joined)
    recent.note(anonymous[index].event)
    return true
  }

  /// Drops what was set aside of a post that was deleted, and of its thread.
  func dropAnonymous(_ post: String) async {
    let dropped = anonymous.filter { $0.event.post == post || $0.event.thread.root == post }
    anonymous.removeAll { $0.event.post == post || $0.event.thread.root == post }
    for event in dropped where event.mayBeAnswered {
      await record(.stopped(.deletion), of: event.event)
      await actions.poster.finish(event.event.claim)
    }
  }

  /// Ends looking up: what was set aside stays claimed in the store, for the next start.
  func endLookUps() async {
    lookingUp?.cancel()
    await lookingUp?.value
  }
}

extension UserRecord {
  /// What an account is taken for that the server does not know.
  static func unknown(_ id: String) -> UserRecord { UserRecord(id: id, username: id, isBot: true) }
}

extension Decision {
  /// Whether nothing happens.
  var isSilent: Bool { if case .silent = outcome { true } else { false } }
}
