import ConfigLoader
import MattermostIO
import RuleEngine

extension Doctor {
  /// Whether the rules can be used.
  func rulesChecks() -> [DoctorCheck] {
    switch patient.rules {
    case .failure(let error):
      let (what, cure) = DoctorTexts.parted("\(error)")
      return [.wrong(.rules, what, cure: cure)]
    case .success(let loaded):
      let unsafe = UnsafePath.all(ofFile: loaded.source.file).map { unsafe in
        let (what, cure) = DoctorTexts.parted("\(unsafe)")
        return DoctorCheck.wrong(.rules, what, cure: cure)
      }
      guard let rules = loaded.rules else {
        return unsafe + [.wrong(.rules, DoctorTexts.badRules(loaded), cure: [DoctorTexts.checkRules(loaded)])]
      }
      return unsafe.isEmpty ? [.good(.rules, "\(loaded.source.file): \(rules.summary)")] : unsafe
    }
  }

  /// Who may talk to the bot.
  func accessChecks() -> [DoctorCheck] {
    guard let loaded = try? patient.rules.get(), let rules = loaded.rules else {
      return [.unchecked(.access, DoctorTexts.noRules)]
    }
    let text = AccessTexts.mayTalk(rules.access, loaded.openAccess)
    guard let warning = loaded.openAccess?.warning else { return [.good(.access, text)] }
    return [.warning(.access, text, cure: DoctorTexts.parted(warning).cure)]
  }

  /// Whether the server knows whom the rules name.
  func nameChecks(_ client: MattermostClient, _ around: BotContext?) async -> [DoctorCheck] {
    guard let around else { return [.unchecked(.names, DoctorTexts.noAccount)] }
    guard let loaded = try? patient.rules.get(), let rules = loaded.rules else {
      return [.unchecked(.names, DoctorTexts.noRules)]
    }
    let kept: PinnedNames
    do throws(PinnedNamesFileError) {
      kept = try PinnedNamesFile(besideStore: patient.storePath).read(bot: around.bot.id)
    } catch {
      let (what, cure) = DoctorTexts.parted("\(error)")
      return [.wrong(.names, what, cure: cure)]
    }
    do throws(MattermostError) {
      let names = ReferencedNames(in: rules)
      let moved = try await ResolvedNames(names, kept: kept, around, client).moved
      let unknown = try await NameLookup(client: client, around: around).unknown(among: names).filter { unknown in
        !moved.contains { $0.role == unknown.role && $0.name == unknown.name }
      }
      let isNoneKnown = !unknown.isEmpty && unknown.count == names.asked.reduce(0) { $0 + $1.names.count }
      return (isNoneKnown ? [] : [.good(.names, DoctorTexts.known(names, without: unknown))])
        + moved.map { .wrong(.names, NameTexts.what($0), cure: [DoctorTexts.sentence(NameTexts.cure($0))]) }
        + loaded.findings(of: unknown).map {
          .wrong(.names, DoctorTexts.place(of: $0, in: loaded), cure: $0.help.map { [DoctorTexts.sentence($0)] } ?? [])
        }
    } catch {
      return [.wrong(.names, error.summary, cure: [error.remedy])]
    }
  }
}
