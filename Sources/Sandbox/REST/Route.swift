/// One call of the API: a method, a pattern of the path below `/api/v4/`, and what it does.
struct Route: Sendable {
  /// The methods that calls have.
  enum Method: String, Sendable {
    case delete = "DELETE"
    case get = "GET"
    case post = "POST"
    case put = "PUT"
  }

  typealias Handler = @Sendable (Call, SandboxState) async throws(AppError) -> Answer

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

  /// Whether the call makes a post.
  var makesPosts: Bool { method == .post && pattern == ["posts"] }

  /// Whether the call makes a post or changes one.
  var writesPosts: Bool {
    makesPosts || method == .put && (pattern == ["posts", "{post_id}"] || pattern == ["posts", "{post_id}", "patch"])
  }

  /// The values of the pattern's `{names}`; `nil` when the path is another.
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

  /// Every call that the sandbox knows. Fixed words stand before `{names}`, so that the first that fits is right.
  static let all: [Route] = system + users + roles + teams + channels + posts + files + reactions
}
