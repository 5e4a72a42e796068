package import ConfigLoader
import FoundationEssentials
import Logging

/// The source of newer rules for a running gateway.
package struct RulesSource: Sendable {
  private(set) var watcher: FileWatcher
  let requests: AsyncStream<Void>
  private let load: @Sendable () async throws(RulesRejection) -> ValidatedRules
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

  /// The source for rules that are read from now on: earlier changes of the file are no changes of them.
  var withNewWatcher: RulesSource {
    var source = self
    source.watcher = FileWatcher(watcher.path)
    return source
  }

  /// Loads the newest rules.
  ///
  /// - Parameter name: The name of those in force. If they are the file's and it is gone, nothing replaces them: the
  ///   built-in rules would admit people whom it excludes.
  func newest(replacing name: String) async -> Result<ValidatedRules, RulesRejection> {
    do throws(RulesRejection) {
      let newest = try await load()
      guard name != watcher.path || newest.name == name else {
        throw RulesRejection(gone: name, RulesTexts.missing(name))
      }
      return .success(newest)
    } catch {
      return .failure(error)
    }
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
