extension SandboxState {
  /// Whom `post` mentions: in a direct message the other, elsewhere those it names, never its author.
  func mentions(of post: Post, by author: User, in channel: Channel) -> [String] {
    var mentioned: Set<String> = []
    if channel.kind == .direct { mentioned.formUnion(channel.memberIDs) }

    let members = channel.memberIDs.compactMap { users[$0] }
    var membersByKeyword: [String: Set<String>] = [
      "@all": channel.memberIDs, "@channel": channel.memberIDs,
      "@here": channel.memberIDs.intersection(online),
    ]
    for member in members { membersByKeyword["@\(member.username)", default: []].insert(member.id) }
    for keyword in MentionScanner.mentions(in: post.message, among: Set(membersByKeyword.keys)) {
      mentioned.formUnion(membersByKeyword[keyword] ?? [])
    }
    mentioned.remove(author.id)
    return mentioned.sorted()
  }
}
