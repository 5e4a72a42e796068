import Core
import FoundationEssentials

/// A call of the API by a known user, taken apart.
struct Call: Sendable {
  let user: User
  /// The values of the pattern's `{names}`.
  let path: [String: String]
  let query: [String: String]
  let body: Data

  /// The id that stands in the address for `name`.
  func id(_ name: String) throws(AppError) -> String {
    guard let id = path[name], MattermostID.isValid(id) else { throw .invalidURL(name) }
    return id
  }

  /// The user id that stands in the address, with `me` for whoever calls.
  func userID() throws(AppError) -> String {
    path["user_id"] == "me" ? user.id : try id("user_id")
  }

  /// As `userID()`, but only for what concerns the caller.
  func ownUserID() throws(AppError) -> String {
    let id = try userID()
    guard id == user.id else { throw .forbidden }
    return id
  }

  /// A number of the query, `fallback` when there is none or it is none.
  func number(_ name: String, default fallback: Int) -> Int {
    query[name].flatMap(Int.init).map { max(0, $0) } ?? fallback
  }

  /// The body as JSON; what is missing is `parameter`.
  func decoded<Body: Decodable>(_: Body.Type, else parameter: String) throws(AppError) -> Body {
    do { return try JSONDecoder().decode(Body.self, from: body) } catch { throw .invalidBody(parameter) }
  }
}
