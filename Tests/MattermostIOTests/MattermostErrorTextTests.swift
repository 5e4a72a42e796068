import MattermostIO
import Testing
import Transport

struct MattermostErrorTextTests {
  private static let address = "https://chat.example.com"
  private static let posting = MattermostError.Operation.api(.createPost)

  private static let errors: [MattermostError] = {
    let codes = MattermostError.Code.allCases.flatMap { code in
      [posting, .eventSocket].map { MattermostError(code, $0, address: address, status: 499) }
    }
    let transport = TransportError.Code.allCases.map {
      MattermostError(.transport, posting, address: address, transport: TransportError($0, "detail"))
    }
    return codes + transport
  }()

  @Test func `every error has a summary and a remedy of whole sentences`() {
    for error in Self.errors {
      for sentence in [error.summary, error.remedy] {
        #expect(sentence.hasSuffix("."), "\(sentence)")
        #expect(!sentence.contains("\n"), "\(sentence)")
        #expect(!sentence.contains("  "), "\(sentence)")
        #expect(sentence.first?.isLowercase == false || sentence.hasPrefix("https://"), "\(sentence)")
      }
    }
  }

  @Test func `failures that need different actions have different remedies`() {
    let transportCodes: [TransportError.Code] = [
      .nameNotResolved, .connectionRefused, .unreachable, .tlsFailed, .certificateRejected, .proxyFailed,
      .protocolViolation,
    ]
    let errors =
      transportCodes.map {
        MattermostError(.transport, Self.posting, address: Self.address, transport: TransportError($0))
      }
      + [.unauthorized, .forbidden, .notFound, .redirected, .notMattermost, .upgradeEaten, .badToken, .badAddress].map {
        MattermostError($0, Self.posting, address: Self.address)
      }
    #expect(Set(errors.map(\.remedy)).count == errors.count)
    #expect(errors.allSatisfy(\.requiresUserAction) == false)
  }

  @Test func `the description of an error is its summary and its remedy`() {
    var error = MattermostError(
      .unauthorized, .api(.me), address: Self.address, status: 401)
    error.serverMessage = "Invalid or expired session, please login again"
    #expect(
      error.description == """
        Mattermost at https://chat.example.com does not accept the token (401): Invalid or expired session, please \
        login again. The token in MATTERMOST_TOKEN is wrong, revoked or expired, or its bot account is disabled; a \
        system admin finds it under Integrations > Bot Accounts.
        """)
    #expect(
      MattermostError(.upgradeEaten, .eventSocket, address: Self.address, status: 400).description == """
        https://chat.example.com did not open the event socket (400): the Upgrade header never reached Mattermost. \
        Configure the proxy to pass WebSockets for /api/v4/websocket; for nginx: proxy_http_version 1.1, \
        proxy_set_header Upgrade $http_upgrade, proxy_set_header Connection "upgrade".
        """)
  }
}
