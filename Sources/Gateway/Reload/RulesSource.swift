package import ConfigLoader
import FoundationEssentials
import Logging

/// The source of newer rules for a running gateway.
package struct RulesSource: Sendable {
  let watcher: FileWatcher
  let requests: AsyncStream<Void>
  let load: @Sendable () async throws(RulesRejection) -> ValidatedRules
  let lastGood: LastGoodRules?
  let show: (@Sendable (ReloadMessage) -> Void)?

  /// - Parameters:
  ///   - watcher: Watches the rules file; each change loads it.
  ///   - requests: Further requests to load, as from a signal.
  ///   - lastGood: Stores a copy of valid rules; `nil` stores none.
  ///   - load: Loads the newest rules. One task at a time calls it, and messages do not wait for it.
  ///   - show: Shows the result on the terminal; `nil` writes it to the log.
  package init(
    watcher: FileWatcher, requests: AsyncStream<Void>, lastGood: LastGoodRules?,
    load: @escaping @Sendable () async throws(RulesRejection) -> ValidatedRules,
    show: (@Sendable (ReloadMessage) -> Void)?
  ) {
    self.watcher = watcher
    self.requests = requests
    self.lastGood = lastGood
    self.load = load
    self.show = show
  }

  /// Stores a copy of valid rules of the watched file.
  func store(_ rules: ValidatedRules, _ logger: Logger) {
    // Neither the built-in rules nor the copy itself.
    guard let lastGood, rules.name == watcher.path, rules.lastGood == nil else { return }
    do throws(LastGoodRulesError) {
      try lastGood.save(rules.loaded, at: Date())
    } catch {
      logger.warning("no copy of the rules stored", metadata: ["reason": "\(error)"])
    }
  }
}
