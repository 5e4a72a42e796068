import AgentSessions
import Core
import MattermostIO

extension Post {
  /// What its latest edit is met as; reactions change `update_at`, too.
  var edit: String { ClaimID.edit(of: id, at: editAt > 0 ? editAt : updateAt) }
}

extension Event {
  /// The id under which it is claimed, answered once, and kept: the post's. An edit that adds no mention only reaches
  /// rules that ask for edits, so each has an id of its own, or the answer to the post would be all there ever is.
  var claim: String { isEdit ? ClaimID.edit(of: post, at: milliseconds) : post }
}
