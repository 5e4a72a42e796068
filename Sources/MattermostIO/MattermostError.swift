import Core
package import Transport

/// The reason why a request to Mattermost failed, or why the event socket ended.
package struct MattermostError: Error, Sendable, Equatable {
  package enum Code: String, Sendable, CaseIterable {
    /// The address is not an `http` or `https` URL of a server.
    case badAddress = "bad-address"
    /// The token contains a character that tokens do not have.
    case badToken = "bad-token"
    /// 401: the token is not accepted.
    case unauthorized
    /// 401, but not from Mattermost: a proxy asks for a login. It says nothing about the token.
    case loginRequired = "login-required"
    /// 403: the account lacks the permission, or a proxy refuses.
    case forbidden
    /// 404: the object does not exist, or the server is not Mattermost.
    case notFound = "not-found"
    /// 429: too many requests.
    case tooManyRequests = "too-many-requests"
    /// Another 4xx: the request is wrong.
    case rejected
    /// 3xx: the server has another address.
    case redirected
    /// 5xx: the server or a proxy failed.
    case serverFailed = "server-failed"
    /// The response has no body, and must have one.
    case emptyAnswer = "empty-answer"
    /// The response is a web page or other data that Mattermost does not send.
    case notMattermost = "not-mattermost"
    /// The response is Mattermost's, but could not be decoded.
    case unreadable
    /// The upgrade of the event socket reached the server without its `Upgrade` header.
    case upgradeEaten = "upgrade-eaten"
    /// The event socket opened, but the server sent no hello.
    case noHello = "no-hello"
    /// The event socket ended.
    case socketClosed = "socket-closed"
    /// The event socket was open, but the server stopped responding.
    case socketSilent = "socket-silent"
    /// Not sent: another gateway may have taken over.
    case notInCharge = "not-in-charge"
    /// The server could not be reached; see `transport`.
    case transport
  }

  /// The operation that failed.
  package enum Operation: Sendable, Equatable {
    case api(APIEndpoint)
    case eventSocket
  }

  package var code: Code
  package var operation: Operation
  /// The address of the server.
  package var address: String
  /// The HTTP status, if there was a response.
  package var status: Int?
  /// The server's message as a single line of limited length; empty if it has none.
  package var serverMessage = ""
  /// The server's identifier of the error, such as `api.context.permissions.app_error`; empty if it has none. A
  /// response without one does not come from Mattermost.
  package var serverID = ""
  /// The server's id of the request, which its log contains; empty if it has none.
  package var requestID = ""
  /// The time that the server asks to wait.
  package var retryAfter: Duration?
  package var transport: TransportError?

  package init(
    _ code: Code, _ operation: Operation, address: String, status: Int? = nil, transport: TransportError? = nil
  ) {
    self.code = code
    self.operation = operation
    self.address = address
    self.status = status
    self.transport = transport
  }
}

// MARK: Classification

extension MattermostError {
  /// True if Mattermost itself reports that the object does not exist, or that the bot has no access to it. A proxy's
  /// 404 or 403 says nothing about the object.
  package var isInaccessible: Bool { (code == .notFound || code == .forbidden) && !serverID.isEmpty }

  /// True if Mattermost itself reports that the object does not exist.
  package var isNotFound: Bool { code == .notFound && !serverID.isEmpty }

  /// True if the cause is the server or the connection, so that other requests fail as well.
  package var affectsAllRequests: Bool {
    switch code {
    case .badAddress, .badToken, .unauthorized, .loginRequired, .tooManyRequests, .redirected, .upgradeEaten, .noHello,
      .socketClosed, .socketSilent, .notInCharge:
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

  /// True if trying again is useless until a user changes something.
  package var requiresUserAction: Bool {
    switch code {
    case .badAddress, .badToken, .unauthorized, .loginRequired, .forbidden, .notFound, .rejected, .redirected,
      .notMattermost, .unreadable, .upgradeEaten, .noHello:
      true
    case .tooManyRequests, .serverFailed, .emptyAnswer, .socketClosed, .socketSilent, .notInCharge: false
    case .transport:
      switch transport?.code {
      case .nameNotResolved, .tlsFailed, .certificateRejected, .clientCertificate, .proxyFailed, .protocolViolation:
        true
      default: false
      }
    }
  }

  /// True if the server is down, overloaded or out of reach, which ends without anyone changing edgecrab's settings.
  package var isOutage: Bool {
    switch code {
    case .tooManyRequests, .serverFailed: true
    case .transport:
      transport.map { $0.code.isTemporary || $0.code == .nameNotResolved || $0.code == .proxyFailed } ?? false
    default: false
    }
  }

  /// True if the server may have processed the request.
  package var mayHaveSucceeded: Bool {
    switch code {
    case .serverFailed, .emptyAnswer, .notMattermost, .unreadable: true
    case .transport: transport?.code.isBeforeRequest != true
    // A proxy may have stopped waiting for the server.
    case .rejected: status == 408
    default: false
    }
  }

  /// True if the thread was rejected: its root does not exist, is not a root, or is in another channel.
  ///
  /// Mattermost reports this of existing roots as well, if it gets no database connection to look them up.
  package var isInvalidRoot: Bool {
    code == .notFound ? operation == .api(.thread) : serverID.contains("root_id")
  }

  /// True if the channel of a new post does not exist. Mattermost reports this of existing channels as well, if it gets
  /// no database connection.
  package var isInvalidChannel: Bool {
    // The message is in the server's language, but contains the name of the parameter.
    operation == .api(.createPost) && serverID.hasPrefix("api.context.invalid_")
      && serverMessage.contains("channel_id")
  }

  /// True if it is a sign that the server is overloaded.
  var suggestsOverload: Bool {
    switch code {
    // Mattermost sends 501 for features that are switched off.
    case .serverFailed: status != 501
    case .rejected: isInvalidRoot || isInvalidChannel
    case .transport:
      switch transport?.code {
      case .timedOut, .idle, .connectionLost: true
      default: false
      }
    default: false
    }
  }
}

// MARK: Underlying errors

extension MattermostError {
  /// Creates the error of a failed HTTP transfer or connection.
  init(_ failure: TransportError, _ operation: Operation, address: WebAddress) {
    let code: Code =
      switch failure.code {
      case .badURL: .badAddress
      case .badHeader: .badToken
      default: .transport
      }
    self.init(code, operation, address: address.text, transport: failure)
  }
}
