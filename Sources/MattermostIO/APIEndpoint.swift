/// An endpoint of Mattermost's REST API, version 4.
///
/// The constants are all endpoints that the gateway calls. See <https://developers.mattermost.com/api-documentation/>.
package struct APIEndpoint: Sendable, Hashable, CustomStringConvertible {
  /// The HTTP method.
  let method: String
  /// The route below `/api/v4`, with placeholders in braces.
  let route: String

  private init(_ method: String, _ route: String) {
    self.method = method
    self.route = route
  }

  /// The method and the route, as in `GET /posts/{post}`.
  package var description: String { "\(method) \(route)" }

  /// True if calls change what users of the server see or have: all that neither read nor search.
  var changesServer: Bool {
    switch self {
    case .rolesByName, .searchUsers, .usersByName, .usersByID: false
    default: method != "GET"
    }
  }

  // MARK: Server

  package static let ping = APIEndpoint("GET", "/system/ping")
  package static let clientConfiguration = APIEndpoint("GET", "/config/client")
  package static let rolesByName = APIEndpoint("POST", "/roles/names")

  // MARK: Users

  package static let me = APIEndpoint("GET", "/users/me")
  package static let searchUsers = APIEndpoint("POST", "/users/search")
  package static let usersByName = APIEndpoint("POST", "/users/usernames")
  package static let usersByID = APIEndpoint("POST", "/users/ids")
  package static let showTyping = APIEndpoint("POST", "/users/{user}/typing")

  // MARK: Teams

  package static let myTeams = APIEndpoint("GET", "/users/me/teams")
  package static let myTeamMemberships = APIEndpoint("GET", "/users/me/teams/members")

  // MARK: Channels

  /// Servers before 6.1 lack it.
  package static let myChannels = APIEndpoint("GET", "/users/me/channels")
  package static let myTeamChannels = APIEndpoint("GET", "/users/me/teams/{team}/channels")
  package static let myChannelMemberships = APIEndpoint("GET", "/users/me/teams/{team}/channels/members")
  package static let channel = APIEndpoint("GET", "/channels/{channel}")
  package static let channelByName = APIEndpoint("GET", "/teams/{team}/channels/name/{channel}")
  package static let createDirectChannel = APIEndpoint("POST", "/channels/direct")

  // MARK: Posts

  package static let post = APIEndpoint("GET", "/posts/{post}")
  package static let thread = APIEndpoint("GET", "/posts/{post}/thread")
  package static let channelPosts = APIEndpoint("GET", "/channels/{channel}/posts")
  package static let createPost = APIEndpoint("POST", "/posts")
  package static let updatePost = APIEndpoint("PUT", "/posts/{post}")
  package static let patchPost = APIEndpoint("PUT", "/posts/{post}/patch")
  package static let deletePost = APIEndpoint("DELETE", "/posts/{post}")
  package static let createReaction = APIEndpoint("POST", "/reactions")
  package static let deleteReaction = APIEndpoint("DELETE", "/users/{user}/posts/{post}/reactions/{emoji}")

  // MARK: Files

  package static let uploadFile = APIEndpoint("POST", "/files")
  package static let file = APIEndpoint("GET", "/files/{file}")
  package static let fileInfo = APIEndpoint("GET", "/files/{file}/info")
}
