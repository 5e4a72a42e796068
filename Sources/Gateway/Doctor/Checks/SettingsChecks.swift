import ConfigLoader
import Core

extension Doctor {
  /// The variables that are needed, `.env` with its mode, and the address.
  func settingsChecks() -> [DoctorCheck] {
    var settings = patient.problems.map { problem in
      let (what, cure) = DoctorTexts.parted("\(problem)")
      return DoctorCheck.wrong(.settings, what, cure: cure)
    }
    if settings.isEmpty { settings = [.good(.settings, DoctorTexts.settings(from: patient.origins))] }
    return settings + (patient.address.map { [.good(.address, $0.text)] } ?? [])
  }
}
