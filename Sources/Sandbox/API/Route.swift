import Core
import FoundationEssentials
import HTTPServing

/// A call of the API by a user.
struct APICall: Sendable {
  let user: Account
  /// The values of the `{names}` in the pattern of the route.
  let path: [String: String]
  let query: [String: String]
  let body: Data

  /// Returns the id in the path for `name`.
  func id(_ name: String) throws(AppError) -> String {
    guard let id = path[name], MattermostID.isValid(id) else { throw .invalidURL(name) }
    return id
  }

  /// Returns the user id in the path; `me` is the caller.
  func userID() throws(AppError) -> String {
    path["user_id"] == "me" ? user.id : try id("user_id")
  }

  /// Returns the user id in the path, which has to be the caller's.
  func ownUserID() throws(AppError) -> String {
    let id = try userID()
    guard id == user.id else { throw .forbidden }
    return id
  }

  /// Returns a number of the query, or `fallback` if it is missing or not a number.
  func number(_ name: String, default fallback: Int) -> Int {
    query[name].flatMap(Int.init).map { max(0, $0) } ?? fallback
  }

  /// Decodes the body; errors name `parameter`.
  func decoded<Body: Decodable>(_: Body.Type, else parameter: String) throws(AppError) -> Body {
    do { return try JSONDecoder().decode(Body.self, from: body) } catch { throw .invalidBody(parameter) }
  }
}

extension HTTPServerRequest {
  /// The percent-decoded path, or the path itself if it is malformed.
  var decodedPath: String { path.percentDecoded ?? path }

  /// The parameters of the query; the first one of a name counts.
  var parameters: [String: String] { query.formParameters }

  /// The token of the `Authorization` header.
  var bearerToken: String? {
    guard let value = header("Authorization") else { return nil }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, ["bearer", "token"].contains(parts[0].lowercased()) else { return nil }
    return String(parts[1])
  }
}

extension String {
  /// The parameters of a form or query; the first one of a name counts.
  var formParameters: [String: String] {
    Dictionary(
      split(separator: "&").map { pair in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          .map { String($0.map { $0 == "+" ? " " : $0 }) }.map { $0.percentDecoded ?? $0 }
        return (parts[0], parts.count > 1 ? parts[1] : "")
      }, uniquingKeysWith: { first, _ in first })
  }
}

/// A call of the API: a method, a pattern of the path below `/api/v4/`, and its handler.
struct Route: Sendable {
  enum Method: String, Sendable {
    case delete = "DELETE"
    case get = "GET"
    case post = "POST"
    case put = "PUT"
  }

  typealias Handler = @Sendable (APICall, SandboxState) async throws(AppError) -> RouteResponse

  let method: Method
  let pattern: [Substring]
  let needsUser: Bool
  let handle: Handler

  init(_ method: Method, _ pattern: String, needsUser: Bool = true, _ handle: @escaping Handler) {
    self.method = method
    self.pattern = pattern.split(separator: "/")
    self.needsUser = needsUser
    self.handle = handle
  }

  /// True if the call creates a post.
  var createsPosts: Bool { method == .post && pattern == ["posts"] }

  /// True if the call creates or changes a post.
  var writesPosts: Bool {
    createsPosts
      || method == .put && (pattern == ["posts", "{post_id}"] || pattern == ["posts", "{post_id}", "patch"])
  }

  /// Returns the values of the `{names}` in the pattern, or `nil` if the path does not match.
  func values(in path: [String]) -> [String: String]? {
    guard path.count == pattern.count else { return nil }
    var values: [String: String] = [:]
    for (part, pattern) in zip(path, pattern) {
      if pattern.first == "{" {
        values[String(pattern.dropFirst().dropLast())] = part
      } else if part != pattern {
        return nil
      }
    }
    return values
  }

  /// All routes. Patterns with fixed words precede those with `{names}`, so that the first match is the right one.
  static let all: [Route] = system + users + roles + teams + channels + posts + files + reactions
}
