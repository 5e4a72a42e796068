import MattermostIO

extension Doctor {
  /// Whether the token is good, and whose it is.
  func accountChecks(_ client: MattermostClient) async -> (record: UserRecord?, checks: [DoctorCheck]) {
    do throws(MattermostError) {
      let account = try await client.me()
      let kind: DoctorCheck =
        account.isBot
        ? .good(.account, DoctorTexts.bot)
        : .wrong(.account, DoctorTexts.person(account.username), cure: [DoctorTexts.makeBot])
      return (account, [.good(.token, DoctorTexts.account(account)), kind])
    } catch {
      return (
        nil, [.wrong(.token, error.summary, cure: [error.remedy]), .unchecked(.account, DoctorTexts.noAccount)]
      )
    }
  }
}
