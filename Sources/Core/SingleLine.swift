extension StringProtocol {
  /// A stranger's words as a log or a message can bear them: on one line, without marks that move a terminal's cursor or
  /// turn the text around, and of at most `scalarsMax` Unicode scalars.
  ///
  /// Scalars, not characters: a single character may be made of any number of them.
  package func singleLine(atMost scalarsMax: Int) -> String {
    var line = String.UnicodeScalarView()
    line.append(contentsOf: unicodeScalars.prefix(scalarsMax).map { $0.isPlain ? $0 : " " })
    while line.first == " " { line.removeFirst() }
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}

extension Unicode.Scalar {
  fileprivate var isPlain: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: !turnsText
    }
  }
}
