import HTTPServing
package import Logging

/// A Mattermost stand-in on loopback: a part of REST v4 and the WebSocket, and a chat page for the browser.
///
/// It holds everything in memory and begins anew with every start. Only this machine reaches it, unless it is told to
/// listen at another address.
package final class SandboxServer: Sendable {
  /// The base address, without a trailing slash: what goes into `MATTERMOST_URL`.
  package let url: String
  /// The token that the bot `edgecrab` connects with.
  package let botToken: String
  /// The chat page's address. Its key lets the page act as the sandbox's users; other sites in the browser lack it.
  package let pageURL: String

  let world: SandboxState
  private let place: Place
  private let http: HTTPServer

  /// Where a sandbox is found, which a restart keeps.
  private struct Place: Sendable {
    let host: String
    var port: UInt16
    let pageKey: String
    let logger: Logger
  }

  /// Starts listening, on `port` or on any free one.
  ///
  /// - Parameters:
  ///   - host: the IPv4 address to listen at.
  ///   - botToken: the bot's token; a random one when `nil`.
  ///   - postsKept: how many posts a channel keeps; `nil` for as many as trying things for a day takes.
  ///   - people: how many people there are beside those of the page, `person-1` and so on.
  ///   - rooms: how many channels there are beside those of the page, `room-1` and so on.
  ///   - clockAhead: by how much its clock is ahead of this machine's; behind it, if below zero.
  /// - Throws: `SandboxError.cannotListen`, for one when the port is taken.
  package static func start(
    host: String = "127.0.0.1", port: UInt16 = 0, botToken: String? = nil, postsKept: Int? = nil, people: Int = 0,
    rooms: Int = 0, clockAhead: Duration = .zero, logger: Logger
  ) async throws(SandboxError) -> SandboxServer {
    let place = Place(host: host, port: port, pageKey: MattermostID.random(), logger: logger)
    let world = SandboxState(
      botToken: botToken ?? MattermostID.random(), postsKeptMax: postsKept ?? Limits.postsKeptMax,
      people: people, rooms: rooms, clockAhead: clockAhead)
    return try await start(world, at: place)
  }

  /// Starts listening again where a stopped sandbox was, with a world that it left.
  func start(again world: SandboxState) async throws(SandboxError) -> SandboxServer {
    try await Self.start(world, at: place)
  }

  private static func start(_ world: SandboxState, at place: Place) async throws(SandboxError) -> SandboxServer {
    var place = place
    let door = RequestRouter(world: world, host: place.host, pageKey: place.pageKey, logger: place.logger)
    do throws(HTTPServerError) {
      let http = try await HTTPServer.start(
        host: place.host, port: Int(place.port), bounds: Limits.http, logger: place.logger
      ) { await door.answer($0) }
      place.port = UInt16(http.port)
      place.logger.debug("sandbox listens", metadata: ["port": "\(place.port)"])
      return SandboxServer(world, at: place, http)
    } catch {
      throw .cannotListen(host: place.host, port: place.port, reason: error.description)
    }
  }

  private init(_ world: SandboxState, at place: Place, _ http: HTTPServer) {
    url = "http://\(place.host):\(place.port)"
    botToken = world.token(of: Fixtures.userID(Fixtures.botName))
    // Behind the `#` it is never sent, so no log and no referrer has it.
    pageURL = "\(url)/#key=\(place.pageKey)"
    self.world = world
    self.place = place
    self.http = http
  }

  deinit { Task { [http] in await http.stop() } }

  /// Suspends until `stop()`, or until the calling task is cancelled, which stops the sandbox.
  package func run() async {
    await withTaskCancellationHandler {
      await http.run()
    } onCancel: {
      Task { await stop() }
    }
  }

  /// Stops listening and ends every connection.
  package func stop() async {
    await world.dropSockets()
    await http.stop()
  }
}
