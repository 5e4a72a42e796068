extension SandboxState {
  /// The body of a call of an incoming webhook, with the fields that the sandbox uses.
  struct WebhookPayload: Decodable, Sendable {
    let text: String?
    let username: String?
    let channel: String?
  }

  /// Posts by an incoming webhook. As in Mattermost, the account that created it posts, in any open channel of its team.
  ///
  /// The order of the checks follows the published sources; a text that is too long becomes several posts.
  func post(_ payload: WebhookPayload, byWebhook id: String) throws(AppError) {
    guard let text = payload.text, !text.isEmpty else { throw .webhookWithoutText }
    guard let hook = webhooks.first(where: { $0.id == id }), let owner = users[hook.ownerID] else {
      throw .webhookMissing
    }
    let username = payload.username ?? ""
    guard username.utf8.count <= Limits.nameLengthMax else { throw .invalidBody("username") }
    let props = [
      "from_webhook": "true", "override_username": username.isEmpty ? "webhook" : username,
      "webhook_display_name": hook.displayName,
    ]
    let channelID = try channelID(of: payload, hook, owner)
    var rest = text.unicodeScalars[...]
    while !rest.isEmpty {
      let part = rest.prefix(Limits.messageScalarsMax)
      rest = rest[part.endIndex...]
      _ = try post(
        Draft(channelID: channelID, message: String(part), props: props, isByWebhook: true), as: owner)
    }
  }

  private func channelID(of payload: WebhookPayload, _ hook: IncomingWebhook, _ owner: Account) throws(AppError)
    -> String
  {
    guard let name = payload.channel, !name.isEmpty else { return hook.channelID }
    if name.hasPrefix("@") {
      guard let user = user(named: String(name.dropFirst())) else { throw .webhookUserMissing }
      return try directChannel(of: [owner.id, user.id], by: owner).id
    }
    let channelName = name.hasPrefix("#") ? String(name.dropFirst()) : name
    guard let channel = channel(named: channelName, in: hook.teamID) else { throw .webhookChannelMissing }
    guard channel.kind == .open || channel.memberIDs.contains(owner.id) else { throw .webhookForbidden }
    return channel.id
  }
}
