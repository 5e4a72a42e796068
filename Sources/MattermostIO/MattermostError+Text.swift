import Transport

/// Every sentence of this target that a user can read.
extension MattermostError: CustomStringConvertible {
  /// The summary and the remedy: two or three sentences.
  package var description: String { "\(summary) \(remedy)" }

  /// A sentence about what failed, at which address.
  package var summary: String {
    switch (code, operation) {
    case (.badAddress, _): "`\(address)` is not the address of a Mattermost server\(reason)."
    case (.badToken, _):
      "The Mattermost token contains a space, a line break or another character that tokens do not have."
    case (.unauthorized, .eventSocket):
      "Mattermost at \(address) refused the event socket: the token is not accepted (401)."
    case (.unauthorized, _): "Mattermost at \(address) does not accept the token (401)\(message)."
    case (.loginRequired, _): "A proxy in front of Mattermost at \(address) asks for a login (401)."
    case (.forbidden, .eventSocket): "\(address) refuses the event socket /api/v4/websocket (403)."
    case (.forbidden, _): "Mattermost at \(address) does not allow the bot to \(action) (403)\(message)."
    case (.notFound, .eventSocket): "\(address) has no event socket at /api/v4/websocket (404)."
    case (.notFound, _) where serverID.isEmpty: "There is no Mattermost at \(address): \(call) is not found (404)."
    case (.notFound, _): "Mattermost at \(address) did not find what \(call) asks for (404)\(message)."
    case (.tooManyRequests, _): "Mattermost at \(address) refused \(call), because there were too many requests (429)."
    case (.rejected, _): "Mattermost at \(address) rejected \(call) (\(statusText))\(message)."
    case (.redirected, _): "\(address) answers \(call) with a redirect (\(statusText))\(message)."
    case (.serverFailed, _):
      "Mattermost at \(address), or a proxy in front of it, failed \(call) (\(statusText))\(message)."
    case (.emptyAnswer, _): "\(address) answered \(call) with nothing (\(statusText))."
    case (.notMattermost, _): "\(address) answered \(call) with something that is not from Mattermost (\(statusText))."
    case (.unreadable, _):
      "Mattermost at \(address) answered \(call) with something that edgecrab cannot read (\(statusText))."
    case (.upgradeEaten, _):
      "\(address) did not open the event socket (400): the Upgrade header never reached Mattermost."
    case (.noHello, _): "Mattermost at \(address) opened the event socket but did not say hello."
    case (.socketClosed, _): "The event socket of \(address) was closed\(message)."
    case (.socketSilent, _): "The event socket of \(address) went silent: it does not even answer a ping."
    case (.notInCharge, _): "Another gateway may have taken over, so \(call) was not sent to \(address)."
    case (.transport, _): transportSummary
    }
  }

  /// A sentence or two that tell an operator what to do.
  package var remedy: String {
    switch (code, operation) {
    case (.badAddress, _):
      "Set MATTERMOST_URL to what a browser shows, such as https://chat.example.com, without user name or query."
    case (.badToken, _):
      "Copy the bot's token again into MATTERMOST_TOKEN, alone and on one line."
    case (.unauthorized, _), (.noHello, _):
      "The token in MATTERMOST_TOKEN is wrong, revoked or expired, or its bot account is disabled; "
        + "a system admin finds it under Integrations > Bot Accounts."
    case (.loginRequired, _):
      "The refusal does not come from Mattermost itself: let the proxy pass /api/v4 without a login of its own."
    case (.forbidden, .eventSocket):
      "Let the proxy or firewall in front of Mattermost pass WebSocket connections to /api/v4/websocket."
    case (.rejected, _) where status == 413:
      "Let the proxy or filter in front of Mattermost pass larger requests; for nginx: client_max_body_size."
    case (.forbidden, _) where serverID.isEmpty, (.rejected, _) where serverID.isEmpty:
      "This refusal does not come from Mattermost itself: check the proxy or firewall in front of it."
    case (.forbidden, _):
      "Add the bot to the channel and its team, or have a system admin give it the permission."
    case (.notFound, .eventSocket),
      (.notFound, _) where serverID.isEmpty:
      "Check MATTERMOST_URL, with its path if Mattermost has one, and that the proxy passes /api/v4 on."
    case (.notFound, _):
      "Check the name or id, and that the bot is a member of the channel and its team."
    case (.tooManyRequests, _):
      "Requests wait as long as the server asks\(wait); if this persists, raise RateLimitSettings on the server."
    case (.rejected, _):
      "This is likely a bug of edgecrab, or the server is too old; please report it\(request)."
    case (.redirected, _):
      "Set MATTERMOST_URL to the address that it redirects to; a token is never sent along a redirect."
    case (.serverFailed, _):
      "The attempt is repeated automatically; if this persists, check the server's log\(request)."
    case (.emptyAnswer, _), (.notMattermost, _):
      "Check that MATTERMOST_URL leads to Mattermost and not to a proxy's, a login's or another program's page."
    case (.unreadable, _):
      "Please report it with the server's version and plugins\(request)."
    case (.upgradeEaten, _):
      "Configure the proxy to pass WebSockets for /api/v4/websocket; for nginx: proxy_http_version 1.1, "
        + "proxy_set_header Upgrade $http_upgrade, proxy_set_header Connection \"upgrade\"."
    case (.socketClosed, _), (.socketSilent, _):
      "The connection is opened again automatically."
    case (.notInCharge, _):
      "No action is needed: the gateway that takes over sends it if it is still due."
    case (.transport, _): transportRemedy
    }
  }

  private var transportSummary: String {
    guard let transport else { return "\(address) could not be reached." }
    return switch transport.code {
    case .nameNotResolved: "The name of the server in \(address) is not known\(reason)."
    case .connectionRefused: "Nothing listens at \(address)\(reason)."
    case .unreachable: "\(address) cannot be reached\(reason)."
    case .tlsFailed: "No TLS connection to \(address) could be made\(reason)."
    case .certificateRejected: "The certificate of \(address) is not trusted\(reason)."
    case .clientCertificate:
      "\(address) requests a client certificate and did not receive one that it accepts\(reason)."
    case .timedOut, .idle: "\(address) did not answer in time\(reason)."
    case .tooLarge: "\(address) answered with more than the limit allows\(reason)."
    case .proxyFailed: "The proxy on the way to \(address) failed\(reason)."
    case .connectionLost: "\(address) ended the connection without an answer\(reason)."
    case .noDescriptors:
      "No connection to \(address) was opened, because too many files and connections are open\(reason)."
    case .fileFailed: "A file on its way to or from \(address) could not be read or written\(reason)."
    case .cancelled, .badURL, .badHeader: "The request to \(address) was not sent\(reason)."
    case .protocolViolation: "\(address) does not follow HTTP\(reason)."
    }
  }

  private var transportRemedy: String {
    guard let transport else { return "Check MATTERMOST_URL and the network." }
    return switch transport.code {
    case .nameNotResolved:
      "Check MATTERMOST_URL for typing errors, and the DNS of this machine."
    case .connectionRefused:
      "Check the port in MATTERMOST_URL, and that Mattermost is running."
    case .unreachable:
      "Check MATTERMOST_URL, the network, and the firewalls on the way."
    case .tlsFailed:
      "Check that the port speaks TLS; if it does not, MATTERMOST_URL must begin with http://. A server that requires "
        + "a client certificate may fail in the same way; set EDGECRAB_CLIENT_CERT."
    case .certificateRejected:
      "Check the name in MATTERMOST_URL and the certificate's dates; for a certificate authority of your own, "
        + "set SSL_CERT_FILE to its PEM file."
    case .clientCertificate:
      "Set EDGECRAB_CLIENT_CERT and EDGECRAB_CLIENT_KEY to readable PEM files that the server accepts; "
        + "the key must have no password."
    case .timedOut, .idle:
      "The attempt is repeated automatically; if this persists, check the network and the server's load."
    case .tooLarge:
      "Check that MATTERMOST_URL leads to Mattermost."
    case .proxyFailed:
      "Check the variables https_proxy, http_proxy and no_proxy, and the proxy itself."
    case .connectionLost:
      "The attempt is repeated automatically; if this persists, check the logs of the server and of any proxy in front of it."
    case .noDescriptors:
      "Raise the limit of open files, for example with `ulimit -n` or LimitNOFILE= in a systemd unit, or lower `turns` "
        + "in the rules."
    case .fileFailed:
      "Check the disk of edgecrab's folder."
    case .cancelled, .badURL, .badHeader:
      "No action is needed."
    case .protocolViolation:
      "Check the port in MATTERMOST_URL, and whether it must begin with https://."
    }
  }

  private var call: String {
    switch operation {
    case .api(let endpoint): endpoint.description
    case .eventSocket: "the event socket"
    }
  }

  private var action: String {
    switch operation {
    case .api(.createPost): "post there"
    case .api(.patchPost): "edit that post"
    default: "do \(call)"
    }
  }

  private var statusText: String { status.map(String.init) ?? "no status" }
  private var message: String { serverMessage.isEmpty ? "" : ": \(serverMessage)" }
  private var reason: String { transport.map { $0.detail.isEmpty ? "" : " (\($0.detail))" } ?? "" }
  private var request: String { requestID.isEmpty ? "" : ", request id \(requestID)" }
  private var wait: String { retryAfter.map { " (\($0.components.seconds) s)" } ?? "" }
}
