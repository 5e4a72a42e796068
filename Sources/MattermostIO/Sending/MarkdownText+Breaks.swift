extension MarkdownText {
  /// The best place in a line of prose or code where a part may end, not behind `last`: where a sentence ends, else a word,
  /// else a grapheme cluster, and only before `half` if nothing behind it will do. A link, a code span or bold text that
  /// fits into a part is not cut.
  func breakPlace(from: Int, half: Int, to last: Int, isProse: Bool) -> Int? {
    var word: Int?
    var cluster: Int?
    var index = last
    while index > from, cluster == nil || index > half {
      defer { index -= 1 }
      if isProse, let span = wholeSpan(around: index) {
        index = span.range.lowerBound
        guard index > from, cluster == nil || index > half else { break }
      }
      guard isBoundary(index), !isProse || !isInMarker(index) else { continue }
      cluster = cluster ?? index
      let isBeforeSpace = isSpace(at: index)
      if isProse, isSentenceEnd(index, isBeforeSpace: isBeforeSpace) { return index }
      if word == nil, isBeforeSpace || isProse && Self.wideCommas.contains(scalars[index - 1]) { word = index }
    }
    return word ?? cluster
  }

  /// Whether a sentence ends at a position: behind a stop and what closes with it, before a space, or behind a stop of
  /// Chinese or Japanese, which need none.
  private func isSentenceEnd(_ index: Int, isBeforeSpace: Bool) -> Bool {
    var stop = index - 1
    while stop > 0, index - stop < 8, Self.closers.contains(scalars[stop]) { stop -= 1 }
    if Self.wideStops.contains(scalars[stop]) {
      return isBeforeSpace || index == count
        || !Self.closers.contains(scalars[index]) && !Self.wideStops.contains(scalars[index])
    }
    return isBeforeSpace && Self.stops.contains(scalars[stop])
  }

  private static let stops: Set<Unicode.Scalar> = [".", "!", "?", "…", ":", ";"]
  private static let wideStops: Set<Unicode.Scalar> = ["。", "！", "？", "｡"]
  private static let wideCommas: Set<Unicode.Scalar> = ["、", "，", "；", "：", "､"]
  private static let closers: Set<Unicode.Scalar> = [
    ")", "]", "\"", "'", "”", "’", "»", "）", "」", "』", "】", "》", "〉", "*", "_", "~", "`",
  ]
}
