import Core
import MattermostIO

/// The channels that the bot has met: an edited post's frame names only its channel's id.
struct ChannelCache {
  private var entries: [String: Entry] = [:]

  /// A channel and the team it belongs to.
  struct Entry {
    var channel: Channel
    var team: String
  }

  subscript(id: String) -> Entry? { entries[id] }

  mutating func note(_ channel: Channel, team: String) {
    entries[channel.id] = Entry(channel: channel, team: team)
  }
}
