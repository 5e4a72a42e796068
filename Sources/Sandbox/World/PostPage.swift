import Core

/// A list of posts as Mattermost answers it: an order, and the posts that the order and its threads need.
struct PostPage: Sendable {
  let order: [String]
  let posts: [JSON.Member]
  var nextPostID = ""
  var previousPostID = ""
  /// The newest change among the posts, for the `ETag`.
  let updateAt: Int

  var json: JSON {
    [
      "order": .array(order.map { .string($0) }), "posts": .object(posts), "next_post_id": .string(nextPostID),
      "prev_post_id": .string(previousPostID), "has_next": false,
    ]
  }
}
