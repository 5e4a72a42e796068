import Foundation
import TestSupport
import Transport

/// A server that answers REST calls with the recordings, and sends frames on the event socket as fast as they are read:
/// it must never be the bottleneck.
final class FloodServer: Sendable {
  let url: String
  private let sockets = AsyncQueue<Peer>()
  private let posts = Counter()
  private let arrivals = AsyncQueue<ContinuousClock.Instant>()

  init() throws {
    let answers = try Self.answers()
    let unknown = try Recording("not_found_route")
    let server = try TestServer { [sockets, posts, arrivals] peer in
      while let request = peer.readRequest() {
        if request.target.hasPrefix("GET /api/v4/websocket") {
          peer.send(Peer.acceptance(of: request.head, proof: UpgradeRequest.accept))
          sockets(peer)
          _ = peer.waitForClose()
          return
        }
        let arrival = ContinuousClock.now
        let call = String(request.target.prefix { $0 != "?" })
        let answer = answers[call] ?? unknown
        peer.respond(
          "\(answer.status) Recorded",
          headers: answer.headers.filter { $0.key != "content-length" && $0.key != "date" }.map { "\($0): \($1)" },
          body: answer.body)
        if call == "POST /api/v4/posts" {
          posts.increment()
          arrivals(arrival)
        }
      }
    }
    url = server.url
  }

  /// The number of posts by the gateway.
  var answered: Int { posts.count }

  /// Waits for the next post, and returns its time of arrival.
  func nextArrival() async throws -> ContinuousClock.Instant { try await arrivals.next("a post") }

  /// Waits for the event socket.
  func socket() async throws -> Peer { try await sockets.next("the gateway to open the event socket") }

  private static func answers() throws -> [String: Recording] {
    let recordings = try [
      "users_me", "system_ping", "me_teams", "me_team_channels", "config_client", "post_created", "users_by_ids",
    ].map { try Recording($0) }
    return Dictionary(
      recordings.map { ("\($0.method) \($0.path.prefix { $0 != "?" })", $0) }, uniquingKeysWith: { first, _ in first })
  }
}
