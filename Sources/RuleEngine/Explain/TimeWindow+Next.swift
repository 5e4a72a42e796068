extension TimeWindow {
  /// The next moment inside or outside of the window, in milliseconds since 1970; nil where there is none in a week.
  func next(after milliseconds: Int64, isInside: Bool) -> Int64? {
    let seconds = milliseconds.floorDivided(by: 1_000)
    let today = zone.localSeconds(at: seconds).floorDivided(by: 86_400)
    // The window can only open or close where a range begins or ends, and at midnight.
    let minutes = [0] + (hours ?? []).flatMap { [$0.start, $0.end] }
    return (0...8).flatMap { day in
      minutes.map { minute in
        let local = (today &+ Int64(day)) * 86_400 + Int64(minute) * 60
        // The offset of that moment, asked for a moment that is at most the offset's change away from it.
        let guess = local &- (zone.localSeconds(at: seconds) &- seconds)
        return (guess &- (zone.localSeconds(at: guess) &- local)) * 1_000
      }
    }.filter { $0 > milliseconds && contains(milliseconds: $0) == isInside }.min()
  }
}
