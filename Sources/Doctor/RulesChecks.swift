import ConfigLoader
import MattermostIO
import RuleEngine
import ServerLookup

extension Doctor {
  /// Checks that the rules load and that other users cannot change them.
  func rulesChecks() -> [DoctorCheck] {
    switch input.rules {
    case .failure(let error): return [.wrong(.rules, error.summary, remedy: error.remedy.sentences)]
    case .success(let loaded):
      let unsafe = UnsafePath.all(ofFile: loaded.source.file).map {
        DoctorCheck.wrong(.rules, $0.summary, remedy: [$0.remedy.sentence])
      }
      guard let rules = loaded.rules else {
        return unsafe + [.wrong(.rules, DoctorTexts.invalidRules(loaded), remedy: [DoctorTexts.checkRules(loaded)])]
      }
      return unsafe.isEmpty ? [.good(.rules, "\(loaded.source.file): \(rules.summary)")] : unsafe
    }
  }

  /// Reports who may talk to the bot.
  func accessChecks() -> [DoctorCheck] {
    guard let loaded = try? input.rules.get(), let rules = loaded.rules else {
      return [.unchecked(.access, DoctorTexts.noRules)]
    }
    let text = rules.access.summary(loaded.openAccess)
    guard let open = loaded.openAccess, open.reason != nil else { return [.good(.access, text)] }
    return [.warning(.access, text, remedy: [open.remedy.sentence])]
  }

  /// Checks that the server knows the users, channels and teams that the rules name.
  func nameChecks(_ client: MattermostClient, _ context: BotContext?) async -> [DoctorCheck] {
    guard let context else { return [.unchecked(.names, DoctorTexts.noAccount)] }
    guard let loaded = try? input.rules.get(), let rules = loaded.rules else {
      return [.unchecked(.names, DoctorTexts.noRules)]
    }
    let pinned: PinnedNames
    do throws(PinnedNamesFileError) {
      pinned = try PinnedNamesFile(in: input.home).read(bot: context.bot.id)
    } catch {
      return [.wrong(.names, error.summary, remedy: [error.remedy.sentence])]
    }
    do throws(MattermostError) {
      let names = ReferencedNames(in: rules)
      let renamed = try await ResolvedNames(names, pinned: pinned, context, client).renamed
      let unknown = try await UnknownNameFinder(client: client, context: context).unknown(among: names)
        .filter { unknown in !renamed.contains { $0.role == unknown.role && $0.name == unknown.name } }
      let isNoneKnown = !unknown.isEmpty && unknown.count == names.unresolved.reduce(0) { $0 + $1.names.count }
      return (isNoneKnown ? [] : [.good(.names, DoctorTexts.known(names, without: unknown))])
        + renamed.map { .wrong(.names, $0.summary, remedy: [$0.remedy.sentence]) }
        + loaded.diagnostics(of: unknown).map {
          .wrong(.names, DoctorTexts.located($0, in: loaded), remedy: $0.help.sentences)
        }
    } catch {
      return [.wrong(.names, error.summary, remedy: [error.remedy])]
    }
  }
}
