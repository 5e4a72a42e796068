extension WaitingTurn {
  /// Whether it may begin as far as its session goes.
  var isReady: Bool { isKept && !isJoining }
}

extension [WaitingTurn] {
  /// The place of the turn that is next: the first of whoever was not answered last, or the first of all. One that must
  /// come next for another's sake, does.
  func nextPlace(after lastUser: String) -> Int? {
    if let first, first.isNext { return 0 }
    return firstIndex { $0.request.user != lastUser } ?? indices.first
  }

  /// The turns that may begin now, the best first: the one that is next, then the first of each other person, for where those
  /// before them have no room. Empty where the one that is next is not ready.
  func candidates(after lastUser: String) -> [WaitingTurn] {
    guard let place = nextPlace(after: lastUser), self[place].isReady else { return [] }
    let next = self[place]
    guard !next.isNext else { return [next] }
    var users: Set = [next.request.user]
    return [next] + filter { users.insert($0.request.user).inserted && $0.isReady }
  }

  /// All of them in the order in which they will be answered, if nothing else comes.
  func inTurn(after lastUser: String) -> [WaitingTurn] {
    var left = self
    var last = lastUser
    var ordered: [WaitingTurn] = []
    while let place = left.nextPlace(after: last) {
      let next = left.remove(at: place)
      last = next.request.user
      ordered.append(next)
    }
    return ordered
  }
}
