import RuleEngine
import Vocabulary

extension Template {
  /// The text, filled with what is known of an event.
  func filled(for event: Event, arguments: Substring = "", admin: String?) -> String {
    filled { placeholder in
      switch placeholder {
      case .message: event.body
      case .args: String(arguments)
      case .user: "@\(event.user.name)"
      case .channel: event.channel.name
      case .thread: event.thread.root ?? ""
      case .admin: admin.map { "@\($0)" } ?? ""
      }
    }
  }
}
