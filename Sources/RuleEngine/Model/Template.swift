/// A text with places to fill: `Review this: {{args}}`.
package struct Template: Sendable, Equatable {
  /// The parts in order.
  package var parts: [Part]

  /// A stretch of text or a place to fill.
  package enum Part: Sendable, Equatable {
    case text(String)
    case placeholder(Placeholder)
  }

  /// What can be filled in.
  package enum Placeholder: String, Sendable, CaseIterable {
    /// The message, the mention taken off.
    case message
    /// What stands behind a command's name.
    case args
    /// The asker, with the `@`.
    case user
    /// The channel's name.
    case channel
    /// The thread's root post id, empty outside of threads.
    case thread
    /// The user to turn to, with the `@`.
    case admin
  }

  /// A template of these parts.
  package init(parts: [Part]) { self.parts = parts }

  /// A template without a place to fill.
  package init(_ text: String) { parts = [.text(text)] }

  /// The text with every place filled by `value`.
  package func filled(_ value: (Placeholder) -> String) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .placeholder(let placeholder): value(placeholder)
      }
    }.joined()
  }

  /// The text with its places unfilled, each as `{{name}}`: what can be compared, whatever fills them.
  package var written: String { filled { "{{\($0.rawValue)}}" } }
}
