import Logging
import MattermostIO

/// Reads over REST what the event socket did not bring. One pass at a time goes through the channels, each from its
/// cursor on.
actor Backfill {
  /// What came of a pass.
  struct Report: Sendable {
    /// How many posts nobody knew.
    var taken = 0
    /// Whether nothing is left to be read.
    var isComplete = false
    /// Whether the server was there; one channel that cannot be read says nothing of it.
    var isReachable = false
  }

  let client: MattermostClient
  let intake: Ingest
  let logger: Logger
  private var last: Task<Report, Never>?

  init(client: MattermostClient, intake: Ingest, logger: Logger) {
    self.client = client
    self.intake = intake
    self.logger = logger
  }

  /// Reads what is missing, behind any pass that is under way. Trouble with the server ends a pass, trouble with one channel
  /// does not; what it did not come to stays missing for the next.
  func pass() async -> Report {
    let before = last
    let pass = Task {
      _ = await before?.value
      return await readAll()
    }
    last = pass
    return await withTaskCancellationHandler {
      await pass.value
    } onCancel: {
      pass.cancel()
    }
  }

  /// The channels in which something was posted that was not heard of.
  func unheard() async throws(MattermostError) -> [ChannelRecord] {
    await intake.unheard(among: try await BotContext.channels(client))
  }

  private func readAll() async -> Report {
    var report = Report()
    let gap = await intake.gap
    do throws(MattermostError) {
      // First of all: what was missed may call the bot by a name that it was given meanwhile.
      await intake.know(own: try await client.me())
      let isNothingOwed = await intake.takeUpOwed()
      let channels = try await BotContext.channels(client)
      await intake.know(all: channels)
      // Before anything is read: reading moves the cursors.
      let changeable = await intake.changeable(among: channels)
      var names: [String: String] = [:]
      var isWhole = isNothingOwed
      let unread = await intake.unread(among: channels, in: gap)
      var trouble = ChannelTrouble()
      for channel in channels {
        let cursor = unread[channel.id]
        guard cursor != nil || changeable[channel.id] != nil else { continue }
        do throws(MattermostError) {
          // What is deleted is forgotten before an agent is asked anything new, and what is new says already what it was
          // edited to.
          let changes = changeable[channel.id] ?? UnreadChanges()
          let changed = try await read(changes, of: channel)
          if let cursor {
            let reading = try await read(channel, from: cursor, &names, &report.taken)
            if reading.isWhole { await intake.settle([channel], in: gap) } else { isWhole = false }
          }
          if await intake.take(edited: changed, since: changes.edits ?? .max) {
            await intake.settleChanges(of: channel)
          } else {
            isWhole = false
          }
          trouble.end()
        } catch {
          try trouble.note(error, of: channel, logger)
          isWhole = false
        }
      }
      if isWhole { await intake.settleAll(of: gap) }
      report.isReachable = true
      report.isComplete = isWhole
    } catch {
      // What could not be read because the gateway ends is read by the next one.
      guard !Task.isCancelled else { return report }
      logger.warning("not everything that was missed could be read; trying again", metadata: ["reason": "\(error)"])
    }
    if report.taken > 0 { logger.notice("read over REST", metadata: ["posts": "\(report.taken)"]) }
    return report
  }
}

/// Tells trouble with one channel from trouble with the server.
private struct ChannelTrouble {
  private var inARow = 0

  /// A channel was read.
  mutating func end() { inARow = 0 }

  /// Says that a channel was not read, or throws what is likely true of the others as well.
  mutating func note(_ error: MattermostError, of channel: ChannelRecord, _ logger: Logger) throws(MattermostError) {
    inARow += 1
    if error.affectsAllRequests || inARow >= Limits.channelFailuresMax || Task.isCancelled { throw error }
    logger.warning(
      "a channel cannot be read; going on with the others, and trying it again",
      metadata: ["channel": "\(channel.id)", "name": "\(channel.name)", "reason": "\(error)"])
  }
}
