import ConfigLoader

/// A name in the rules that is no longer the name of what they mean by it. They go on meaning the same.
struct RenamedEntity: Sendable, Hashable {
  let role: NameRole
  /// What the rules say.
  let name: String
  /// What they mean.
  let id: String
  /// What that is called now; nil where the server does not tell.
  var now: String?
  /// Whether something else has the name now.
  var isTaken: Bool
}
