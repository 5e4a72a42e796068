extension TimeWindow {
  /// The next moment inside or outside of the window, in milliseconds since 1970; nil where there is none in a week.
  func next(after milliseconds: Int64, isInside: Bool) -> Int64? {
    let seconds = milliseconds.floorDivided(by: 1_000)
    let local = zone.localSeconds(at: seconds)
    let today = local.floorDivided(by: 86_400)
    let jumps = zone.changes.filter { $0.at > seconds && $0.at < seconds &+ 10 * 86_400 }
    let offsets = Set([local &- seconds] + jumps.map { Int64($0.offset) })
    // The window can only open or close where a range begins or ends, at midnight, and where the clock jumps.
    let minutes = [0] + (hours ?? []).flatMap { [$0.start, $0.end] }
    let turns = (0...8).flatMap { day in
      minutes.flatMap { minute in
        offsets.map { (today &+ Int64(day)) * 86_400 &+ Int64(minute) * 60 &- $0 }
      }
    }
    return (turns + jumps.map(\.at)).map { $0 &* 1_000 }
      .filter { $0 > milliseconds && contains(milliseconds: $0) == isInside }.min()
  }
}
