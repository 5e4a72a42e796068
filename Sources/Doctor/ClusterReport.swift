import Core
package import Sessions

/// The gateways of a store, what they do, and what waits for them.
package struct ClusterReport: Sendable {
  /// The address of the store, without what may be secret.
  let address: String
  let store: StoreInspection.Store

  /// - Parameter address: the address without what may be secret.
  /// - Throws: if the database is not a store that this version knows.
  package init(_ found: StoreInspection, at address: String) throws(ClusterError) {
    self.address = address
    guard found.hasRights else {
      throw ClusterError(DoctorTexts.lacksRights(found), DoctorTexts.giveRights(to: found.user))
    }
    guard let store = found.store else { throw ClusterError(ClusterTexts.noTables(address), ClusterTexts.makeTables) }
    if store.isTooNew { throw ClusterError(DoctorTexts.newerStore, DoctorTexts.runNewer) }
    if store.isOlder { throw ClusterError(ClusterTexts.olderStore, ClusterTexts.startNewer) }
    self.store = store
  }

  /// True if no gateway answers, or one does not that should.
  package var isWrong: Bool { store.answering.isEmpty || findings.contains(where: \.isWrong) }

  var findings: [ClusterFinding] { store.findings }
}

/// The reason why a database has no gateways to be listed.
package struct ClusterError: Error, Sendable, CustomStringConvertible {
  private let summary: String
  private let remedy: String

  fileprivate init(_ summary: String, _ remedy: String) { (self.summary, self.remedy) = (summary, remedy) }

  package var description: String { "\(summary). \(remedy)" }
}
