import MattermostIO

extension Doctor {
  /// In which teams and channels the bot is, and whether it may post there.
  func placeChecks(
    _ client: MattermostClient, as account: UserRecord?
  ) async -> (around: BotContext?, checks: [DoctorCheck]) {
    let ids: [DoctorCheck.ID] = [.teams, .channels, .posting]
    guard let account else { return (nil, ids.map { .unchecked($0, DoctorTexts.noAccount) }) }
    let around: BotContext
    do throws(MattermostError) {
      around = try await BotContext.ask(client, as: account)
    } catch {
      return (
        nil,
        [.wrong(.teams, error.summary, cure: [error.remedy])]
          + ids.dropFirst().map { .unchecked($0, DoctorTexts.notReached) }
      )
    }
    let teams: DoctorCheck =
      around.teams.isEmpty
      ? .wrong(.teams, DoctorTexts.noTeam, cure: [DoctorTexts.joinTeam])
      : .good(.teams, StartReport.listed(around.teams.map(\.name).sorted()))
    guard !around.channels.isEmpty else {
      let none = DoctorCheck.wrong(.channels, DoctorTexts.noChannel, cure: [DoctorTexts.joinChannel])
      return (around, [teams, none, .unchecked(.posting, DoctorTexts.noChannel)])
    }
    let channels = DoctorCheck.good(.channels, StartReport.channels(around.channels))
    return (around, [teams, channels] + (await postingChecks(client, around)))
  }

  private func postingChecks(_ client: MattermostClient, _ around: BotContext) async -> [DoctorCheck] {
    let rights: PostingPermissions
    do throws(MattermostError) {
      rights = try await PostingPermissions.ask(client, around)
    } catch {
      return [.unchecked(.posting, DoctorTexts.rightsNotTold(error))]
    }
    let allowed = around.channels.filter { rights.allow($0) == true }
    let forbidden = around.channels.filter { rights.allow($0) == false }
    var checks =
      allowed.isEmpty ? [] : [DoctorCheck.good(.posting, DoctorTexts.mayPost(allowed, of: around.channels.count))]
    checks += forbidden.map { .wrong(.posting, DoctorTexts.mayNotPost($0), cure: [DoctorTexts.allowPosting]) }
    let untold = around.channels.count - allowed.count - forbidden.count
    if untold > 0 { checks.append(.unchecked(.posting, DoctorTexts.rightsNotTold(untold))) }
    return checks
  }
}
