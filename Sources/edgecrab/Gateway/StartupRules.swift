import ConfigLoader
import Core
import FoundationEssentials
import Gateway
import RuleEngine

/// The rules that a gateway starts with, and the source of later ones.
struct StartupRules {
  let first: ValidatedRules
  /// The reason why the rules file was rejected, if `first` are the last good rules instead.
  let rejection: RulesRejection?
  let source: RulesSource

  /// Loads the rules file, or the last good rules if the file is invalid.
  ///
  /// - Parameters:
  ///   - file: the path given on the command line, or `nil` for the standard rules.
  ///   - prepare: prepares a sandbox for rules before the gateway uses them; `nil` if there is none. With a sandbox, no
  ///     server settings are required, edgecrab's folder is not used, and messages are recorded whatever the rules say.
  ///   - mayUseLastGood: if false, an invalid file is an error even if there are last good rules.
  ///   - requests: an element causes a reload even if the file has not changed.
  /// - Throws: the rejection of the rules file, after printing it, if there are no last good rules.
  init(
    file: String?, prepare: (@Sendable (RuleSet) async -> Void)?, mayUseLastGood: Bool, requests: AsyncStream<Void>,
    _ environment: Environment
  ) async throws(RulesRejection) {
    // Created before the file is read, so that no change is missed.
    let watch = FileWatcher(file ?? RulesLocation.standardPath(environment))
    let lastGood = prepare != nil ? nil : LastGoodRules(home: environment.home)
    let show: (@Sendable (ReloadMessage) -> Void)? = Terminal.showsErrors ? Self.show : nil
    source = RulesSource(
      watcher: watch, requests: requests, lastGood: lastGood,
      load: { () async throws(RulesRejection) in try await Self.load(file, prepare: prepare) }, show: show)
    do throws(RulesRejection) {
      first = try await Self.load(file, prepare: prepare)
      rejection = nil
    } catch {
      Self.show(error.message)
      guard mayUseLastGood,
        let kept = lastGood?.load(
          for: watch.path, environment: environment.variables, now: Timestamp.now.milliseconds),
        let rules = ValidatedRules(kept, insteadOf: watch.path)
      else {
        for unsafe in mayUseLastGood ? lastGood?.unsafePaths ?? [] : [] {
          Output.message("the last good rules are not used: \(unsafe)")
        }
        throw error
      }
      first = rules
      rejection = error
    }
  }

  /// Prints a message about loaded or rejected rules to standard error.
  static func show(_ message: ReloadMessage) {
    if !message.report.isEmpty { Output.notice(message.report) }
    for line in message.lines { Output.message(line) }
  }

  /// Loads the rules with the present `.env`. A running gateway uses only those of its variables that the file refers
  /// to.
  private static func load(
    _ file: String?, prepare: (@Sendable (RuleSet) async -> Void)?
  ) async throws(RulesRejection) -> ValidatedRules {
    let rules = try read(file, isSandbox: prepare != nil)
    await prepare?(rules.ruleSet)
    return rules
  }

  private static func read(_ file: String?, isSandbox: Bool) throws(RulesRejection) -> ValidatedRules {
    let environment = Environment.current()
    let location = file.map(RulesLocation.file) ?? .standard(environment)
    // An invalid `.env` leaves variables unset, and `${MATTERMOST_ALLOWED_USERS:-*}` would then admit everyone.
    if !isSandbox {
      do throws(SettingsError) {
        _ = try Settings(environment)
      } catch {
        throw RulesRejection(location.name, unreadable: "\(error)")
      }
    }
    let loaded: LoadedRules
    do throws(RulesFileError) {
      loaded = try location.load(environment)
    } catch {
      throw error.isMissing
        ? RulesRejection(gone: location.name, "\(error)") : RulesRejection(location.name, unreadable: "\(error)")
    }
    if case .file(let path) = location {
      let unsafe = UnsafePath.all(ofFile: path)
      guard unsafe.isEmpty else {
        throw RulesRejection(path, unreadable: unsafe.map(\.description).joined(separator: "\n"))
      }
    }
    // The users of a sandbox are not real.
    let openAccess = isSandbox ? nil : loaded.openAccess?.warning
    let warnings = [unusedVariableWarning(loaded, environment), openAccess].compactMap(\.self)
    return try ValidatedRules(loaded, warnings: warnings, recordsMessages: isSandbox)
  }

  /// Returns a warning if `MATTERMOST_ALLOWED_USERS` is set but has no effect.
  private static func unusedVariableWarning(_ loaded: LoadedRules, _ environment: Environment) -> String? {
    let variable = "MATTERMOST_ALLOWED_USERS"
    guard environment.variables[variable]?.isEmpty == false, !loaded.variables.contains(variable) else { return nil }
    return """
      \(variable) is set, but \(loaded.source.file) does not use it: the file decides who may talk to the bot. \
      To use the variable, write `access: { users: "${\(variable):-*}" }` in the file.
      """
  }
}
