import ConfigLoader
import MattermostIO
import RuleEngine

extension Doctor {
  /// Whether the rules can be used.
  func rulesChecks() -> [Check] {
    switch patient.rules {
    case .failure(let error):
      let (what, cure) = DoctorTexts.parted("\(error)")
      return [.wrong(.rules, what, cure: cure)]
    case .success(let loaded):
      guard let rules = loaded.rules else {
        return [.wrong(.rules, DoctorTexts.badRules(loaded), cure: [DoctorTexts.checkRules(loaded)])]
      }
      return [.good(.rules, "\(loaded.source.file): \(rules.summary)")]
    }
  }

  /// Whether the server knows whom the rules name.
  func nameChecks(_ client: MattermostClient, _ around: Surroundings?) async -> [Check] {
    guard let around else { return [nameCheck(unless: DoctorTexts.noAccount)] }
    guard let loaded = try? patient.rules.get(), let rules = loaded.rules else {
      return [nameCheck(unless: DoctorTexts.noRules)]
    }
    do throws(MattermostError) {
      let names = ReferencedNames(in: rules)
      let unknown = try await NameLookup(client: client, around: around).unknown(among: names)
      let isAllUnknown = !unknown.isEmpty && unknown.count == names.asked.reduce(0) { $0 + $1.names.count }
      let known = isAllUnknown ? [] : [Check.good(.names, DoctorTexts.known(names, without: unknown))]
      return known
        + loaded.findings(of: unknown).map {
          .wrong(.names, DoctorTexts.place(of: $0, in: loaded), cure: $0.help.map { [$0] } ?? [])
        }
    } catch {
      return [.wrong(.names, error.what, cure: [error.cure])]
    }
  }

  func nameCheck(unless reason: String) -> Check { .unchecked(.names, reason) }
}
