import Core
package import Transport

/// Why Mattermost did not do what it was asked.
package struct MattermostError: Error, Sendable, Equatable {
  /// What kind of failure it is.
  package enum Code: String, Sendable, CaseIterable {
    /// The server's address is no `http` or `https` URL of a server.
    case badAddress = "bad-address"
    /// The token holds a character that no token has.
    case badToken = "bad-token"
    /// 401: the token is not accepted.
    case unauthorized
    /// 403: the account may not do this.
    case forbidden
    /// 404: no such thing, or no Mattermost there.
    case notFound = "not-found"
    /// 429: too many requests.
    case tooManyRequests = "too-many-requests"
    /// Another 4xx: the request itself is wrong.
    case rejected
    /// 3xx: the server is somewhere else.
    case redirected
    /// 5xx: the server or a proxy is in trouble.
    case serverFailed = "server-failed"
    /// The answer has no body where there must be one.
    case emptyAnswer = "empty-answer"
    /// The answer is a web page or anything else that is not Mattermost's JSON.
    case notMattermost = "not-mattermost"
    /// Mattermost's own answer, which we cannot read.
    case unreadable
    /// The event socket's upgrade arrived without its `Upgrade` header.
    case upgradeEaten = "upgrade-eaten"
    /// The event socket opened, and the server never said hello.
    case noHello = "no-hello"
    /// The event socket ended.
    case socketClosed = "socket-closed"
    /// The event socket was open, and nothing came any more.
    case socketSilent = "socket-silent"
    /// The server could not be reached; `transport` says why.
    case transport
  }

  /// What we were doing.
  package enum Place: Sendable, Equatable {
    /// A REST call: the method and the route with its placeholders.
    case rest(method: String, route: String)
    /// The event socket.
    case socket
  }

  /// What kind of failure it is.
  package var code: Code
  /// What we were doing.
  package var place: Place
  /// The server's address.
  package var address: String
  /// The HTTP status, if there was an answer.
  package var status: Int?
  /// The server's own words, on one line and cut short; empty if it had none.
  package var serverMessage = ""
  /// The server's own name for the error (`api.context.permissions.app_error`); empty if it gave none.
  package var serverID = ""
  /// The server's id of the request, by which its log can be searched; empty if it gave none.
  package var requestID = ""
  /// How long the server asks us to wait.
  package var retryAfter: Duration?
  /// What failed below HTTP.
  package var transport: TransportError?

  /// Makes an error; what is left out is not known.
  package init(
    _ code: Code, _ place: Place, address: String, status: Int? = nil, transport: TransportError? = nil
  ) {
    self.code = code
    self.place = place
    self.address = address
    self.status = status
    self.transport = transport
  }

  init(_ failure: TransportError, _ place: Place, address: WebAddress) {
    let code: Code =
      switch failure.code {
      case .badURL: .badAddress
      case .badHeader: .badToken
      default: .transport
      }
    self.init(code, place, address: address.text, transport: failure)
  }

  /// Whether Mattermost itself says that a thing is not there, or not for the bot: a proxy that says so knows nothing.
  package var isInaccessible: Bool { (code == .notFound || code == .forbidden) && !serverID.isEmpty }

  /// Whether Mattermost itself says that a thing is not there.
  package var isNotFound: Bool { code == .notFound && !serverID.isEmpty }

  /// Whether it is about the server or the way to it, so that other calls fail as well; else it may be about just this one.
  package var affectsAllRequests: Bool {
    switch code {
    case .badAddress, .badToken, .unauthorized, .tooManyRequests, .redirected, .upgradeEaten, .noHello, .socketClosed,
      .socketSilent:
      true
    case .forbidden, .notFound: serverID.isEmpty
    case .rejected, .serverFailed, .emptyAnswer, .notMattermost, .unreadable: false
    case .transport:
      switch transport?.code {
      case .timedOut, .idle, .tooLarge, .protocolViolation: false
      default: true
      }
    }
  }

  /// Whether waiting will not help: somebody has to change a setting first.
  package var requiresUserAction: Bool {
    switch code {
    case .badAddress, .badToken, .unauthorized, .forbidden, .notFound, .rejected, .redirected, .notMattermost,
      .unreadable, .upgradeEaten, .noHello:
      true
    case .tooManyRequests, .serverFailed, .emptyAnswer, .socketClosed, .socketSilent: false
    case .transport:
      switch transport?.code {
      case .nameNotResolved, .tlsFailed, .certificateRejected, .clientCertificate, .proxyFailed, .protocolViolation:
        true
      default: false
      }
    }
  }

  /// Whether the server may have done what it was asked, for all that we know.
  package var mayHaveSucceeded: Bool {
    switch code {
    case .serverFailed, .emptyAnswer, .notMattermost, .unreadable: true
    case .transport: transport?.code.isBeforeRequest != true
    // A proxy may have grown tired of waiting for what the server does.
    case .rejected: status == 408
    default: false
    }
  }
}
