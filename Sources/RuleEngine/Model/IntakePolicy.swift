/// What is done about posts that come late, by another way than the event socket, from programs, or with files.
package struct IntakePolicy: Sendable, Equatable {
  /// Seconds after which a post that was missed is not answered any more.
  package var maxAgeSeconds: Int
  /// Seconds between two looks for new posts while there is no event socket.
  package var pollSeconds: Int
  /// How much bots, webhooks and plugins are answered in each channel before they are paused for as long.
  package var bots: Rate
  /// The most files of one message that reach an agent.
  package var filesMax: Int
  /// The most bytes of each.
  package var fileBytesMax: Int
  /// Which media types they may have.
  package var fileTypes: [MediaRange]

  /// The `max_age` of a file that names none: a quarter of an hour, in seconds.
  package static let defaultMaxAgeSeconds = 15 * 60

  /// The `poll` of a file that names none, in seconds.
  package static let defaultPollSeconds = 5

  /// The `bots` of a file that names none: more than programs that people set up say, less than a loop does.
  package static let defaultBots = Rate(count: 20, seconds: 60)

  /// The `max_files` of a file that names none: as many as Mattermost lets hang on a post.
  package static let defaultFilesMax = 10

  /// The `max_file_size` of a file that names none, in bytes: photographs and documents, but no films.
  package static let defaultFileBytesMax = 20 * 1024 * 1024

  /// States a policy; the defaults unless said.
  package init(
    maxAgeSeconds: Int = defaultMaxAgeSeconds, pollSeconds: Int = defaultPollSeconds, bots: Rate = defaultBots,
    filesMax: Int = defaultFilesMax, fileBytesMax: Int = defaultFileBytesMax, fileTypes: [MediaRange] = [.any]
  ) {
    self.maxAgeSeconds = maxAgeSeconds
    self.pollSeconds = pollSeconds
    self.bots = bots
    self.filesMax = filesMax
    self.fileBytesMax = fileBytesMax
    self.fileTypes = fileTypes
  }
}
