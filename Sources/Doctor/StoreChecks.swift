import Core
import Sessions

extension Doctor {
  /// Checks the store: its file, or the database that EDGECRAB_STORE names.
  ///
  /// - Parameter bot: The bot's account, if it is known.
  func storeChecks(of bot: UserID?) async -> [DoctorCheck] {
    let location: StoreLocation
    do throws(StoreLocationError) {
      location = try input.store.get()
    } catch {
      return [
        .wrong(.settings, error.summary, remedy: [error.remedy.sentence]),
        .unchecked(.store, DoctorTexts.notReached),
      ]
    }
    guard case .database(let address) = location else { return [] }
    do throws(StoreError) {
      let found = try await PostgresStore.inspect(address, logger: logger)
      return serverChecks(found, "\(address)") + storeChecks(found, of: bot)
    } catch {
      return [
        .wrong(.database, error.summary, remedy: [error.remedy.sentence]),
        .unchecked(.store, DoctorTexts.notReached),
      ]
    }
  }

  private func serverChecks(_ found: StoreInspection, _ address: String) -> [DoctorCheck] {
    var checks: [DoctorCheck] = []
    func add(_ check: DoctorCheck, unless isGood: Bool) { if !isGood { checks.append(check) } }
    let server = DoctorTexts.server(found, at: address)
    if found.isTLS || found.isLocal {
      checks.append(.good(.database, server))
    } else {
      checks.append(.warning(.database, server, remedy: [DoctorTexts.encrypt]))
    }
    add(.wrong(.database, DoctorTexts.oldServer, remedy: [DoctorTexts.newServer]), unless: found.isSupportedVersion)
    add(
      .wrong(.database, DoctorTexts.wrongEncoding(found.encoding), remedy: [DoctorTexts.encode]),
      unless: found.encoding == "UTF8")
    add(.wrong(.database, DoctorTexts.readOnly, remedy: [DoctorTexts.writableServer]), unless: !found.isReadOnly)
    add(
      .wrong(.database, DoctorTexts.lacksRights(found), remedy: [DoctorTexts.giveRights(to: found.user)]),
      unless: found.hasRights)
    switch found.synchronousCommit {
    case "off":
      checks.append(.warning(.database, DoctorTexts.commitsOff, remedy: [DoctorTexts.switchCommitsOn(found.user)]))
    case _ where found.hasOnlyAsynchronousReplicas:
      checks.append(.warning(.database, DoctorTexts.asynchronous, remedy: [DoctorTexts.synchronize]))
    case let setting: checks.append(.good(.database, DoctorTexts.commits(setting)))
    }
    checks.append(.good(.database, DoctorTexts.databaseClock(found.secondsAhead)))
    return checks
  }

  private func storeChecks(_ found: StoreInspection, of bot: UserID?) -> [DoctorCheck] {
    guard found.hasRights else { return [.unchecked(.store, DoctorTexts.notReached)] }
    guard let store = found.store else { return [.good(.store, DoctorTexts.newTables)] }
    if store.isTooNew { return [.wrong(.store, DoctorTexts.newerStore, remedy: [DoctorTexts.runNewer])] }
    if let owner = store.bot, let bot, owner != bot {
      return [.wrong(.store, DoctorTexts.otherBot(owner), remedy: [DoctorTexts.ownDatabase])]
    }
    if store.isOlder { return [.good(.store, DoctorTexts.olderStore)] }
    return [.good(.store, DoctorTexts.gateways(of: store))]
      + store.findings.map { .warning(.store, $0.text, remedy: [$0.remedy.sentence]) }
  }
}
