/// The outcome of the posts of a run.
struct SoakOutcome: Sendable, CustomStringConvertible {
  /// Answers that never came.
  let lost: [String]
  /// Answers that came more than once.
  let twice: [String]
  /// The other posts.
  let besides: [String]
  private let soak: Soak
  private let answers: Int
  private let starts: Int
  private let time: Duration

  init(_ soak: Soak, said: [String], wanted: Set<String>, starts: Int, time: Duration) {
    let counts = Dictionary(said.map { ($0, 1) }, uniquingKeysWith: +)
    lost = wanted.filter { counts[$0] == nil }.sorted()
    twice = wanted.filter { counts[$0, default: 0] > 1 }.sorted()
    besides = counts.keys.filter { !wanted.contains($0) }.sorted()
    answers = wanted.count - lost.count
    self.soak = soak
    self.starts = starts
    self.time = time
  }

  /// The outcome in one line.
  var description: String {
    "soak: seed \(soak.seed), \(soak.posts) posts, \(soak.faults) faults, \(soak.kills) kills: \(answers) answers, "
      + "\(lost.count) lost, \(twice.count) twice; \(starts) starts, \(time.components.seconds) s"
  }
}
