import Testing

@testable import Gateway

@Suite struct KeyedSerialExecutorTests {
  /// Opens once, for everybody who waits.
  private actor Gate {
    private var isOpen = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func open() {
      isOpen = true
      for waiter in waiters { waiter.resume() }
      waiters = []
    }

    func pass() async {
      if !isOpen { await withCheckedContinuation { waiters.append($0) } }
    }
  }

  private actor Notes {
    var all: [String] = []
    func note(_ text: String) { all.append(text) }
  }

  @Test func `work of one lane is done in order, beside that of others`() async {
    let lanes = KeyedSerialExecutor(capacity: 10)
    let gate = Gate()
    let notes = Notes()
    await lanes.run(in: "a") {
      await gate.pass()
      await notes.note("a1")
    }
    await lanes.run(in: "a") { await notes.note("a2") }
    await lanes.run(in: "b") {
      await notes.note("b1")
      await gate.open()
    }
    await lanes.drain()
    #expect(await notes.all == ["b1", "a1", "a2"])
  }

  @Test(.timeLimit(.minutes(1))) func `above the bound, work waits until some is done`() async {
    let lanes = KeyedSerialExecutor(capacity: 1)
    let gate = Gate()
    let notes = Notes()
    await lanes.run(in: "a") { await gate.pass() }
    let second = Task {
      await lanes.run(in: "b") {}
      await notes.note("in hand")
    }
    for _ in 1...100 { await Task.yield() }
    #expect(await notes.all.isEmpty)
    await gate.open()
    await second.value
    await lanes.drain()
    #expect(await notes.all == ["in hand"])
  }

  @Test(.timeLimit(.minutes(1))) func `lifting the bound lets in who waits for room`() async {
    let lanes = KeyedSerialExecutor(capacity: 1)
    let gate = Gate()
    await lanes.run(in: "a") { await gate.pass() }
    let waiting = Task { await lanes.run(in: "b") {} }
    for _ in 1...100 { await Task.yield() }
    await lanes.removeCapacity()
    await waiting.value
    await gate.open()
    await lanes.drain()
  }
}
