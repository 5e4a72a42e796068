import Core
import MattermostIO
import Synchronization

/// The posts of the latest threads that the event socket has delivered whole, so that the server need not be asked for
/// the context of a message in them.
final class RecentThreads: Sendable {
  private struct Thread {
    /// In the order in which they came; `nil` if the thread is not known whole any more.
    var posts: [Post]?
    var bytes: Int
  }

  /// The threads by their roots.
  private let threads = Mutex(FIFOCache<PostID, Thread>(keeping: Limits.threadsMax))

  /// Returns the posts of a thread, in no particular order, or `nil` if they are not all known.
  func posts(of root: PostID) -> [Post]? { threads.withLock { $0[root]?.posts } }

  /// Records a new post.
  ///
  /// - Parameter isLive: whether the event socket delivered it. Of a thread whose root it did not deliver, posts may be
  ///   missing.
  func record(_ post: Post, isLive: Bool) {
    let bytes = post.bytes
    threads.withLock { threads in
      guard let root = post.rootID else {
        if isLive { threads[post.id] = Thread(posts: bytes > Limits.threadBytesMax ? nil : [post], bytes: bytes) }
        return
      }
      if var thread = threads[root], let posts = thread.posts {
        thread.bytes += bytes
        thread.posts =
          posts.count < Limits.threadPostsMax && thread.bytes <= Limits.threadBytesMax ? posts + [post] : nil
        threads[root] = thread
      }
    }
  }

  /// Replaces a post that was edited.
  func update(_ post: Post) { change(post) { $0 = post } }

  /// Removes a post that was deleted, and its thread if it is the root of one.
  func remove(_ post: Post) { change(post) { $0 = nil } }

  /// Forgets all threads, because posts may have been missed.
  func removeAll() { threads.withLock { $0 = FIFOCache(keeping: Limits.threadsMax) } }

  private func change(_ post: Post, _ change: (inout Post?) -> Void) {
    let root = post.rootID ?? post.id
    threads.withLock { threads in
      guard var thread = threads[root], let posts = thread.posts,
        let index = posts.firstIndex(where: { $0.id == post.id })
      else { return }
      var changed: Post? = posts[index]
      change(&changed)
      thread.bytes -= posts[index].bytes
      if let changed {
        thread.bytes += changed.bytes
        thread.posts?[index] = changed
        if thread.bytes > Limits.threadBytesMax { thread.posts = nil }
      } else if post.id == root {
        thread.posts = nil
      } else {
        thread.posts?.remove(at: index)
      }
      threads[root] = thread
    }
  }
}

extension Post {
  /// About as many bytes as the memory of what its author can make long.
  fileprivate var bytes: Int {
    let texts = [message, type, remoteID, props.overrideUsername, props.mark, props.instance] + fileIDs
    let attachments = props.attachments.map { attachment in
      ([attachment.pretext, attachment.title, attachment.text] + attachment.fields).reduce(64) {
        $0 + $1.utf8.count + 16
      }
    }
    return texts.reduce(0) { $0 + $1.utf8.count } + attachments.reduce(0, +)
      + files.reduce(0) { $0 + $1.name.utf8.count + 64 }
  }
}
