import Core
import Sessions

extension ClusterReport {
  /// The report as one JSON document.
  package var json: String {
    let work = store.work
    let document = JSON.object(present: [
      "version": 1, "store": .string(address), "bot": store.bot.map { .string($0.rawValue) },
      "answering": .int(store.answering.count), "members": .array(store.members.map(\.json)),
      "rules": store.rules.map {
        ["fingerprint": .string($0.fingerprint), "seconds_in_force": .seconds($0.secondsInForce)]
      },
      "sessions": .int(work.sessions), "open_posts": .int(work.openPosts),
      "oldest_open_post_seconds": work.oldestSeconds.map { .seconds($0) }, "replies": .int(work.replies),
      "findings": .array(findings.map(\.json)),
    ])
    return document.lines
  }
}

extension StoreInspection.Member {
  fileprivate var json: JSON {
    [
      "name": .string(name), "program": .string(program), "state": .string(state.rawValue),
      "seconds_since_joined": .seconds(secondsJoined), "lease_seconds_left": .seconds(secondsLeft),
      "receives_posts": .bool(isReady), "rules": .string(rules), "has_rules_in_force": .bool(hasRulesInForce),
      "sessions": .int(sessions), "open_posts": .int(openPosts), "replies": .int(replies),
    ]
  }
}

extension ClusterFinding {
  fileprivate var json: JSON { ["text": .string(text), "remedy": .string(remedy), "is_wrong": .bool(isWrong)] }
}

extension JSON {
  /// Whole seconds.
  fileprivate static func seconds(_ seconds: Double) -> JSON { .int(Int(seconds.rounded(.down))) }
}
