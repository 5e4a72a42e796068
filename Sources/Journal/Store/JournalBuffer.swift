import RuleEngine

/// What waits to be written: it takes in at once and never more than it may hold.
actor JournalBuffer {
  /// What the rules in force say.
  private(set) var policy: JournalPolicy
  private var waiting: [JournalEntry] = []
  private var dropped = 0
  private var isClosed = false
  private var reader: CheckedContinuation<Void, Never>?
  private var pausing: Task<Void?, Never>?
  private let capacity: Int

  /// What is written at once, and how many there was no room for before it.
  struct Batch {
    var entries: [JournalEntry]
    var dropped: Int
  }

  init(capacity: Int, policy: JournalPolicy) {
    self.capacity = capacity
    self.policy = policy
  }

  func use(_ policy: JournalPolicy) { self.policy = policy }

  func add(_ entry: JournalEntry) {
    // An event is recorded as the rules say that decided it.
    guard entry.rules.journal.facts else { return }
    guard !isClosed, waiting.count < capacity else {
      dropped += 1
      return
    }
    waiting.append(entry)
    wake()
  }

  /// No more comes; what waits is still handed out.
  func close() {
    isClosed = true
    pausing?.cancel()
    wake()
  }

  /// Everything that waits, as soon as there is anything; nil where nothing comes any more. For one reader.
  func next() async -> Batch? {
    if waiting.isEmpty, !isClosed { await withCheckedContinuation { reader = $0 } }
    guard !waiting.isEmpty || dropped > 0 else { return nil }
    defer {
      waiting = []
      dropped = 0
    }
    return Batch(entries: waiting, dropped: dropped)
  }

  /// Returns after a pause, or at once where nothing more comes.
  func rest(for pause: Duration) async {
    guard !isClosed else { return }
    let pausing = Task { try? await Task.sleep(for: pause) }
    self.pausing = pausing
    await pausing.value
  }

  private func wake() {
    reader?.resume()
    reader = nil
  }
}
