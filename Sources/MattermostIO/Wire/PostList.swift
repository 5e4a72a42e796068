/// A list of posts as the server sends it. Those that cannot be read are left out, and named: one that nobody can read must
/// not hide the others.
struct PostList {
  /// The ids, the newest first; empty if the server tells no order. `posts` has more: what else their threads hold.
  var order: [String] = []
  var posts: [String: Post] = [:]
  /// The ids of those that cannot be read.
  var unreadable: [String] = []

  private struct Whole: Decodable {
    var order: [String]?
    var posts: [String: FailableDecodable<Post>]
  }

  /// Reads a list, or returns `nil` if it is none.
  init?(_ bytes: [UInt8]) {
    if let whole = try? WireJSON.decode(Whole.self, from: bytes) {
      order = whole.order ?? []
      for (id, post) in whole.posts { take(post.value, id) }
    } else {
      guard let members = JSONScanner.members(of: bytes), let list = members.first(where: { $0.key == "posts" }),
        let posts = JSONScanner.members(of: list.value)
      else { return nil }
      if let told = members.first(where: { $0.key == "order" }) {
        guard let order = try? WireJSON.decode([String].self, from: told.value) else { return nil }
        self.order = order
      }
      for (id, post) in posts { take(try? WireJSON.decode(Post.self, from: post), id) }
    }
    unreadable = Set(unreadable).union(order).subtracting(posts.keys).sorted()
  }

  private mutating func take(_ post: Post?, _ id: String) {
    if let post, !post.id.isEmpty { posts[id] = post } else { unreadable.append(id) }
  }
}
