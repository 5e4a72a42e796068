import Core

/// The one team.
struct Team: Sendable, Equatable {
  let id: String
  let name: String
  let displayName: String
  let createAt: Int

  var json: JSON {
    [
      "id": .string(id), "create_at": .int(createAt), "update_at": .int(createAt), "delete_at": 0,
      "display_name": .string(displayName), "name": .string(name), "description": "", "email": "", "type": "O",
      "company_name": "", "allowed_domains": "", "invite_id": .string(MattermostID.fixed("invite:\(name)")),
      "allow_open_invite": false, "scheme_id": nil, "group_constrained": nil, "policy_id": nil,
    ]
  }
}
