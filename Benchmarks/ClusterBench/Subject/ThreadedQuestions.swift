import BenchSupport
import Sandbox
import TestSupport

/// Questions of several people at the same time, each in a channel of its own. They ask in threads of ten questions, each
/// of which is asked when the one before is answered.
struct ThreadedQuestions {
  private struct Person {
    let name: String
    let room: String
    /// The thread, and the number of questions that are left for it.
    var root: String?
    var left = 0
  }

  private static let questionsOfThread = 10
  /// The posts that a channel has to store, so that the present thread is among them.
  static let postsKept = 30
  private static let patience = Duration.seconds(60)

  private let sandbox: SandboxServer
  private var people: [Person]
  private var asked = 0
  /// The people whose question has no answer yet, by its text, which is that of the answer.
  private var open: [String: Int] = [:]

  /// - Parameter people: their number. The sandbox has as many, and as many rooms.
  init(_ sandbox: SandboxServer, people: Int) {
    self.sandbox = sandbox
    self.people = (1...people).map { Person(name: "person-\($0)", room: "room-\($0)") }
  }

  /// Asks for some time. Returns the number of answers in this time.
  mutating func ask(for time: Duration) async throws -> Int {
    let end = ContinuousClock.now + time
    for index in people.indices where !open.values.contains(index) { try await ask(as: index) }
    var count = 0
    while ContinuousClock.now < end {
      let answered = try await answered()
      count += answered.count
      for index in answered { try await ask(as: index) }
    }
    return count
  }

  /// Waits until each question is answered.
  mutating func finish() async throws {
    let end = ContinuousClock.now + Self.patience
    while !open.isEmpty {
      guard ContinuousClock.now < end else { throw TestFailure("\(open.count) of \(asked) questions have no answer") }
      _ = try await answered()
    }
  }

  /// Waits a moment, and returns the people who got an answer since the last call.
  private mutating func answered() async throws -> [Int] {
    try await Task.sleep(for: .milliseconds(10))
    let messages = Set(try await sandbox.messages(of: "edgecrab"))
    let answers = open.filter { messages.contains($0.key) }
    for text in answers.keys { open[text] = nil }
    return Array(answers.values)
  }

  private mutating func ask(as index: Int) async throws {
    let person = people[index]
    let text = Question.text(asked)
    let post = try await sandbox.post(
      as: person.name, in: person.room, "@edgecrab \(text)", root: person.left > 0 ? person.root : nil)
    if person.left > 0 {
      people[index].left -= 1
    } else {
      (people[index].root, people[index].left) = (post, Self.questionsOfThread - 1)
    }
    open[text] = index
    asked += 1
  }
}
