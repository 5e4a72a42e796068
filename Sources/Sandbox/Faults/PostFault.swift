import Core

/// What is wrong with how the server tells of a post, wherever it does.
package enum PostFault: Sendable, Equatable {
  /// Its props are nested so deep, as a plugin or a member may send them (recording `identity_and_changes`).
  case nestedProps(depth: Int)
  /// Its props are no JSON.
  case brokenProps
  /// There is nothing in its place.
  case null

  /// What is told of a post that would be told as `post`.
  func spoil(_ post: JSON) -> JSON {
    guard self != .null, case .object(let members) = post else { return .null }
    return .object(members.map { $0.key == "props" ? JSON.Member(key: "props", value: ["x": value]) : $0 })
  }

  private var value: JSON {
    switch self {
    case .nestedProps(let depth): (0..<depth).reduce(JSON.array([])) { inner, _ in .array([inner]) }
    case .brokenProps, .null: .number("tru")
    }
  }
}
