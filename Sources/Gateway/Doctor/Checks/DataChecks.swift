import FoundationEssentials

extension Doctor {
  /// Whether edgecrab's folder and the store in it can be written. Both are made at the first start.
  func dataChecks() -> [DoctorCheck] {
    let store = patient.storePath
    let files = FileManager.default
    var isDirectory = false
    guard files.fileExists(atPath: patient.home, isDirectory: &isDirectory) else {
      let parent = nearestFolder(above: patient.home)
      let folder: DoctorCheck =
        files.isWritableFile(atPath: parent)
        ? .good(.folder, DoctorTexts.willBeMade(patient.home))
        : .wrong(.folder, DoctorTexts.cannotBeMade(patient.home, in: parent), cure: [DoctorTexts.ownFolder])
      let isGood = folder.state == .good
      return [
        folder, isGood ? .good(.store, DoctorTexts.newStore) : .unchecked(.store, DoctorTexts.notReached),
      ]
    }
    guard isDirectory, files.isWritableFile(atPath: patient.home), files.isExecutableFile(atPath: patient.home) else {
      return [
        .wrong(.folder, DoctorTexts.notWritable(patient.home), cure: [DoctorTexts.ownFolder]),
        .unchecked(.store, DoctorTexts.notReached),
      ]
    }
    let folder = DoctorCheck.good(.folder, patient.home)
    guard files.fileExists(atPath: store) else { return [folder, .good(.store, DoctorTexts.newStore)] }
    let isUsable = files.isReadableFile(atPath: store) && files.isWritableFile(atPath: store)
    return [
      folder,
      isUsable
        ? .good(.store, DoctorTexts.store)
        : .wrong(.store, DoctorTexts.notWritable(store), cure: [DoctorTexts.ownFile(store)]),
    ]
  }

  private func nearestFolder(above path: String) -> String {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false)
    while parts.count > 1 {
      parts.removeLast()
      let folder = parts.joined(separator: "/")
      if folder.isEmpty { return "/" }
      if FileManager.default.fileExists(atPath: folder) { return folder }
    }
    return "."
  }
}
