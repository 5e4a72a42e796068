extension [WaitingTurn] {
  /// The place of the turn that is next: the first of whoever was not answered last, or the first of all. One that must
  /// come next for another's sake, does.
  func nextPlace(after lastUser: String) -> Int? {
    if let first, first.isNext { return 0 }
    return firstIndex { $0.request.user != lastUser } ?? indices.first
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
