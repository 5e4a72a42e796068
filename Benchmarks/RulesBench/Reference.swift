import CReference
import Core
import Workload

/// The C reference with the rules and events of a workload.
final class Reference {
  private let rules: OpaquePointer
  private let events: UnsafeMutableBufferPointer<reference_event>
  private let texts: Texts

  /// - Throws: `PreparedWorkload.Failure` if it does not know an expression.
  init(_ workload: Workload) throws {
    let texts = Texts()
    // It copies the rules, but not the events.
    let ruleTexts = Texts()
    let compiled = workload.rules.map { rule in
      var compiled = reference_rule()
      (compiled.channels, compiled.channel_count) = (ruleTexts.list(rule.channels), rule.channels.count)
      (compiled.users, compiled.user_count) = (ruleTexts.list(rule.users), rule.users.count)
      compiled.team = ruleTexts.text(rule.team ?? "")
      compiled.command = ruleTexts.text(rule.command ?? "")
      compiled.flags = rule.trigger.flag
      compiled.literal = ruleTexts.text(rule.literal ?? rule.expression?.literal ?? "")
      compiled.expression = ruleTexts.text(rule.expression?.pattern ?? "")
      return compiled
    }
    guard let rules = reference_compile(compiled, compiled.count) else {
      throw PreparedWorkload.Failure(description: "the C reference does not know an expression of the workload")
    }
    self.rules = rules
    events = .allocate(capacity: workload.drawn.count)
    for (index, event) in workload.drawn.enumerated() {
      events.initializeElement(
        at: index,
        to: reference_event(
          channel: texts.text(event.channel), user: texts.text(event.user), team: texts.text(event.team),
          text: texts.text(event.text), flags: event.flags))
    }
    self.texts = texts
  }

  deinit {
    reference_free(rules)
    events.deallocate()
  }

  /// Returns the index of the rule that decides an event.
  func decide(_ index: Int) -> Int { reference_decide(rules, events.baseAddress.map { $0 + index }) }

  /// Decides every event once.
  @inline(never) func decideAll() {
    for index in events.indices { keep(decide(index)) }
  }

  /// Copies of texts for C.
  private final class Texts {
    private var copies: [UnsafeMutableRawBufferPointer] = []

    func text(_ text: String) -> reference_text {
      let bytes = Array(text.utf8)
      return reference_text(bytes: copy(bytes).assumingMemoryBound(to: CChar.self), length: bytes.count)
    }

    func list(_ texts: [String]) -> UnsafePointer<reference_text> {
      UnsafePointer(copy(texts.map(text)).assumingMemoryBound(to: reference_text.self))
    }

    private func copy<Element>(_ elements: [Element]) -> UnsafeMutableRawPointer {
      elements.withUnsafeBytes { bytes in
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 16)
        copy.copyMemory(from: bytes)
        copies.append(copy)
        return copy.baseAddress.unsafelyUnwrapped
      }
    }

    deinit { for copy in copies { copy.deallocate() } }
  }
}

extension WorkloadRule.Trigger {
  /// The flag that an event must have.
  fileprivate var flag: UInt8 {
    switch self {
    case .mention: UInt8(REFERENCE_MENTION)
    case .direct: UInt8(REFERENCE_DIRECT)
    case .command: UInt8(REFERENCE_COMMAND)
    case .thread: UInt8(REFERENCE_REPLY)
    case .files: UInt8(REFERENCE_FILES)
    case .any: 0
    }
  }
}

extension WorkloadEvent {
  fileprivate var flags: UInt8 {
    let flags = [
      (mentionsBot, REFERENCE_MENTION), (kind == .direct, REFERENCE_DIRECT), (text.hasPrefix("/"), REFERENCE_COMMAND),
      (isReply, REFERENCE_REPLY), (hasFiles, REFERENCE_FILES),
    ]
    return flags.reduce(0) { $1.0 ? $0 | UInt8($1.1) : $0 }
  }
}
