import Foundation

/// The long run that `make soak` or `make soak-cluster` asks for.
enum SoakRequest {
  private static let environment = ProcessInfo.processInfo.environment

  /// The seed of the long run; `nil` for the short one of `make test`.
  static let seed = environment["EDGECRAB_SOAK"].flatMap { UInt64($0) }
  static let posts = environment["EDGECRAB_SOAK_POSTS"].flatMap { Int($0) } ?? 10_000
}
