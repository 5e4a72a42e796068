/// A way in which the sandbox misbehaves, as servers, proxies and networks do now and then.
///
/// Only the bot suffers: the page and its people go on.
package enum Fault: Sendable, Equatable {
  /// The event socket's connection ends without a close frame, as when the server is killed.
  case drop
  /// Nothing more comes over the event socket, and nothing is answered, while its connection stays.
  case halfOpen
  /// The event socket is closed with a close frame of this code.
  case close(UInt16)
  /// Something happens to the frames of the next posts.
  case frames(FrameFault, count: Int)
  /// A frame of so many bytes comes, of an event that nobody has asked for.
  case hugeFrame(bytes: Int)
  /// Something happens to the next calls of the API, whatever they ask for.
  case calls(CallFault, count: Int)
  /// Something happens to the next calls that make a post.
  case posting(CallFault, count: Int)
  /// A filter before the server answers every call that makes or changes a post with a text like this one with a web page
  /// of this status.
  case filter(String, status: Int)
  /// The filter is gone.
  case noFilter
  /// The server is short of database connections: each call takes so long, and while more than so many are being carried
  /// out, posts are refused with 400 for their root or their channel, however good these are.
  case crowded(over: Int, delay: Duration)
  /// The posts of a channel are answered with 500, again and again.
  case failingChannel(String)
  /// The event socket drops, and the server knows no connection and no `pending_post_id` of before.
  case amnesia
  /// A proxy begins to eat the `Upgrade` header: the event socket drops and cannot be had.
  case noUpgrade
  /// The proxy passes the header on again.
  case upgrade
  /// The bot's token is no longer accepted; its open socket lives on, as recorded.
  case revokedToken
  /// The bot's token is accepted again.
  case restoredToken
}

/// What may happen to the frame of a post.
package enum FrameFault: String, Sendable, Equatable, CaseIterable {
  /// It has its number and never comes.
  case lost
  /// It comes twice.
  case doubled
  /// It comes behind the frame that follows it.
  case swapped
  /// One of its bytes is none that UTF-8 knows.
  case garbled
}

/// What may happen to a call of the API.
package enum CallFault: Sendable, Equatable {
  /// It is refused with 429, as recorded.
  case throttled
  /// It is answered with 500, and not carried out.
  case failing
  /// It is carried out and answered after so long.
  case slow(Duration)
  /// It is not carried out; a proxy answers with a web page of this status.
  case page(status: Int)
  /// It is carried out, and the connection ends without an answer.
  case unanswered
}
