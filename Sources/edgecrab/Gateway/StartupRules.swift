import ConfigLoader
import FoundationEssentials
import Gateway

/// The rules that a gateway starts with, and where newer ones come from.
struct StartupRules {
  /// The rules to start with.
  let first: ValidatedRules
  /// Why the newest are not the ones to start with.
  let refusal: RulesRejection?
  let supply: RulesSource

  /// Loads the newest rules, or the last good ones where those are bad.
  ///
  /// - Parameters:
  ///   - file: the file that was asked for.
  ///   - isSandbox: whether neither a server's address and token are needed nor edgecrab's folder is touched.
  ///   - mayUseLastGood: whether to start with the copy of the last good rules.
  ///   - requests: reasons to load newer rules beside a change of the file.
  /// - Throws: what is wrong with the newest rules, where there are no others.
  init(
    file: String?, isSandbox: Bool, mayUseLastGood: Bool, requests: AsyncStream<Void>, _ environment: Environment
  ) throws(RulesRejection) {
    // Before the file is read, so that no change of it is missed.
    let watch = FileWatcher(file ?? RulesLocation.standardPath(environment))
    let lastGood = isSandbox ? nil : LastGoodRules(home: environment.home)
    let tell: (@Sendable (ReloadMessage) -> Void)? = Terminal.showsErrors ? Self.tell : nil
    supply = RulesSource(
      watch: watch, requests: requests, lastGood: lastGood,
      load: { () throws(RulesRejection) in try Self.load(file, isSandbox: isSandbox) }, tell: tell)
    do throws(RulesRejection) {
      first = try Self.load(file, isSandbox: isSandbox)
      refusal = nil
    } catch {
      Self.tell(error.news)
      let now = Int64(Date().timeIntervalSince1970 * 1_000)
      guard mayUseLastGood,
        let kept = lastGood?.load(for: watch.path, environment: environment.variables, now: now),
        let rules = ValidatedRules(kept, insteadOf: watch.path)
      else {
        for unsafe in mayUseLastGood ? lastGood?.unsafePaths ?? [] : [] {
          Output.notice("edgecrab: the last good rules are not used: \(unsafe)")
        }
        throw error
      }
      first = rules
      refusal = error
    }
  }

  /// Shows news to whoever runs the gateway.
  static func tell(_ news: ReloadMessage) {
    if !news.report.isEmpty { Output.notice(news.report) }
    for line in news.lines { Output.notice("edgecrab: \(line)") }
  }

  /// The newest rules. `.env` is read anew as well; of what it holds, a running gateway takes only what the file names.
  private static func load(_ file: String?, isSandbox: Bool) throws(RulesRejection) -> ValidatedRules {
    let environment = Environment.current()
    let source = file.map(RulesLocation.file) ?? .standard(environment)
    // A broken `.env` leaves variables unset, and `${MATTERMOST_ALLOWED_USERS:-*}` would let in everyone.
    if !isSandbox {
      do throws(SettingsError) {
        _ = try Settings(environment)
      } catch {
        throw RulesRejection(source.name, unreadable: "\(error)")
      }
    }
    let loaded: LoadedRules
    do throws(RulesFileError) {
      loaded = try source.load(environment)
    } catch {
      throw error.isMissing
        ? RulesRejection(gone: source.name, "\(error)") : RulesRejection(source.name, unreadable: "\(error)")
    }
    if case .file(let path) = source {
      let unsafe = UnsafePath.all(ofFile: path)
      guard unsafe.isEmpty else {
        throw RulesRejection(path, unreadable: unsafe.map(\.description).joined(separator: "\n"))
      }
    }
    // In a sandbox nobody is real.
    let open = isSandbox ? nil : loaded.openAccess?.warning
    return try ValidatedRules(loaded, warnings: warnings(loaded, environment) + [open].compactMap(\.self))
  }

  private static func warnings(_ loaded: LoadedRules, _ environment: Environment) -> [String] {
    let allowed = "MATTERMOST_ALLOWED_USERS"
    guard environment.variables[allowed]?.isEmpty == false, !loaded.variables.contains(allowed) else { return [] }
    return [
      """
      \(allowed) is set, but \(loaded.source.file) does not use it: who may talk is what the file says. \
      To have the variable decide, write `access: { users: "${\(allowed):-*}" }` there.
      """
    ]
  }
}
