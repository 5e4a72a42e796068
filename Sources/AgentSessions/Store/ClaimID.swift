/// The ids under which posts are claimed: a post's own, and another for each edit that is taken in by itself.
package enum ClaimID {
  /// Returns the id of an edit, which was made `milliseconds` after 1970 (UTC).
  package static func edit(of post: String, at milliseconds: Int64) -> String { "\(post)@\(milliseconds)" }

  /// Returns the id of the post that was claimed, itself or an edit of it.
  package static func post(of claim: String) -> String { String(claim.prefix { $0 != "@" }) }
}
