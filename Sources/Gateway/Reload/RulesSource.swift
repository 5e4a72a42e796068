package import ConfigLoader

/// Where newer rules come from while the gateway runs.
package struct RulesSource: Sendable {
  let watch: FileWatcher
  let requests: AsyncStream<Void>
  let load: @Sendable () throws(RulesRejection) -> ValidatedRules
  let lastGood: LastGoodRules?
  let tell: (@Sendable (ReloadMessage) -> Void)?

  /// States where they come from.
  ///
  /// - Parameters:
  ///   - watch: the file; every change of it is a reason to load.
  ///   - requests: other reasons to load, as a signal.
  ///   - lastGood: where good rules of the file are kept; nil keeps none.
  ///   - load: loads the newest. It is called off the way of messages, by one task at a time.
  ///   - tell: shows whoever sits at the gateway's terminal what came of it; nil leaves it to the log.
  package init(
    watch: FileWatcher, requests: AsyncStream<Void>, lastGood: LastGoodRules?,
    load: @escaping @Sendable () throws(RulesRejection) -> ValidatedRules,
    tell: (@Sendable (ReloadMessage) -> Void)?
  ) {
    self.watch = watch
    self.requests = requests
    self.lastGood = lastGood
    self.load = load
    self.tell = tell
  }
}
