extension SandboxState {
  /// All users as they are now, in the order of the cast.
  var everybody: [User] { cast.users.compactMap { users[$0.id] } }

  /// Gives a user another name, and tells everybody of it, unless that goes lost.
  func rename(user id: String, to name: String, isTold: Bool) {
    users[id]?.username = name
    users[id]?.updateAt = moment()
    guard isTold, let user = users[id] else { return }
    for event in SandboxEvent.userUpdated(user) { emit(event) }
    noteChange()
  }
}
