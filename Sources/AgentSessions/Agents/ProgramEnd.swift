import Processes
import Vocabulary

extension ChildProcess.End {
  /// How a program ended and the end of what it said of it, for the log; without the values that it was given to keep.
  func detail(hiding secrets: [String]) -> String {
    let text = String(decoding: error, as: UTF8.self).hiding(secrets)
    return "\(status), \(String(text.suffix(Limits.detailScalarsMax)).onOneLine(atMost: Limits.detailScalarsMax))"
  }
}
