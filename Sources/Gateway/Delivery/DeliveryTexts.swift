import Core

/// The texts that delivery adds to replies or posts instead of them.
enum DeliveryTexts {
  /// Introduces a reply that its asker gets in a direct message, because Mattermost refused it where it was asked for.
  static func cannotPost(in channel: String?, why: String) -> String {
    let reason = why.isEmpty ? "" : " (\(why.escapedMarkdown()))"
    return
      "Mattermost does not let me post this\(channel.map { " in ~\($0)" } ?? "")\(reason), so I send it to you here:"
  }

  /// Introduces a reply whose thread does not exist any more.
  static func threadGone(in channel: String?) -> String {
    "The thread\(channel.map { " in ~\($0)" } ?? "") that this answers is gone, so I send it to you here:"
  }

  /// Replaces a reply that is refused again and again.
  static func unpostable(isRest: Bool, status: Int?) -> String {
    let what = isRest ? "The rest of my answer" : "My answer"
    let why = (status == 413 ? " as too large" : "") + (status.map { " (\($0))" } ?? "")
    return "\(what) cannot be posted: the server, or a filter in front of it, refuses it repeatedly\(why). "
      + "Ask in another way, or for less; the operator of this bot can find details in the log."
  }

  static func threadDeleted(in channel: String?) -> String {
    "The thread\(channel.map { " in ~\($0)" } ?? "") in which you asked me something was deleted, so I do not answer."
  }

  /// The last post of a long reply, and the name of the file that is attached to it.
  static let restInFile = "(The rest is in the file.)"
  static let restFileName = "rest.md"

  /// Names a file of an answer that is not attached.
  static func notAttached(_ name: String, why: String) -> String {
    "(I cannot attach \(name.codeSpan(atMost: Limits.excerptScalarsMax))\(why.isEmpty ? "" : ": \(why.escapedMarkdown())").)"
  }

  /// The text of a post that a streamed answer does not need any more, until it is removed.
  static let noLongerInAnswer = "(This part is no longer in the answer.)"

  /// Ends the part of an answer that was shown before people stopped it.
  static let stoppedHere = "(Stopped here.)"
}
