/// A text with placeholders: `Review this: {{args}}`.
package struct Template: Sendable, Equatable {
  /// The parts in order.
  package var parts: [Part]

  package enum Part: Sendable, Equatable {
    case text(String)
    case placeholder(Placeholder)
  }

  package enum Placeholder: String, Sendable, CaseIterable {
    /// The message without the mention that opens it.
    case message
    /// The text after a command's name.
    case args
    /// The user, with the `@`.
    case user
    /// The channel's name.
    case channel
    /// The id of the thread's root post; empty outside of threads.
    case thread
    /// The user to turn to, with the `@`.
    case admin
  }

  package init(parts: [Part]) { self.parts = parts }

  /// Creates a template without placeholders.
  package init(_ text: String) { parts = [.text(text)] }

  /// Returns the text with every placeholder replaced by `value`.
  package func filled(_ value: (Placeholder) -> String) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .placeholder(let placeholder): value(placeholder)
      }
    }.joined()
  }

  /// The text with its placeholders as they are written, `{{name}}`.
  package var written: String { filled { "{{\($0.rawValue)}}" } }
}
