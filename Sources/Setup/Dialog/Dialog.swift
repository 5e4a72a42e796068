package import ConfigLoader

/// The way to ask and tell a person, as functions: on a terminal in the program, without one in a script.
package struct Dialog: Sendable {
  /// The result of reading a line.
  package enum Line: Sendable, Equatable {
    case text(String)
    /// The input ended, as by Ctrl-D.
    case end
    case tooLong
    /// The line is not UTF-8, or contains control characters, as arrow keys send them.
    case notText
  }

  /// Prints a text, with a line feed at its end.
  let say: @Sendable (String) -> Void
  /// Asks for a line, whose echo may be off; `nil` if there is no one to ask.
  let read: (@Sendable (_ prompt: String, _ isHidden: Bool) async -> Line)?
  let style: ReportStyle

  package init(
    style: ReportStyle, say: @escaping @Sendable (String) -> Void,
    read: (@Sendable (_ prompt: String, _ isHidden: Bool) async -> Line)?
  ) {
    (self.style, self.say, self.read) = (style, say, read)
  }

  /// Bytes of a line that an answer may have; `read` returns `tooLong` for a longer one.
  package static let lineBytesMax = Limits.lineBytesMax

  var isInteractive: Bool { read != nil }

  /// Prints an empty line between two questions.
  func space() { if isInteractive { say("") } }

  /// Prints a paragraph in lines of at most 80 columns.
  func explain(_ paragraph: String) {
    say(TextWrapping.wrapped(paragraph, columns: 80).joined(separator: "\n"))
  }

  /// Returns the answer of the command line, or asks until an answer passes the check.
  ///
  /// - Parameters:
  ///   - given: the value on the command line, which is not asked for again.
  ///   - present: the answer to an empty line, and without anyone to ask.
  func answer<Value>(
    to question: Question, given: String? = nil, present: Value? = nil,
    check: (String) async throws(WrongAnswer) -> Value
  ) async throws(SetupProblem) -> Value {
    if let given {
      do throws(WrongAnswer) {
        return try await check(given)
      } catch {
        throw .wrong(flag: question.flag, error)
      }
    }
    guard let read else {
      if let present { return present }
      throw .missing([question.flag])
    }
    while true {
      switch await read(question.prompt, question.isHidden) {
      case .end: throw .inputEnded
      case .tooLong: explain("That line is too long: an answer has at most \(Limits.lineBytesMax) bytes.")
      case .notText: explain("That contains control characters, as arrow keys send them. Type it again.")
      case .text(""):
        if let present { return present }
        explain("Type an answer, or press Ctrl-C to stop.")
      case .text(let text):
        do throws(WrongAnswer) {
          return try await check(text)
        } catch {
          explain(error.sentence)
        }
      }
    }
  }

  /// Asks for yes or no; an empty line is yes.
  func confirms(_ prompt: String) async throws(SetupProblem) -> Bool {
    let question = Question(flag: "--yes", prompt: prompt + " [Y/n] ")
    return try await answer(to: question, present: true) { text throws(WrongAnswer) in
      switch text.lowercased() {
      case "y", "yes": true
      case "n", "no": false
      default: throw WrongAnswer("Type y or n.")
      }
    }
  }

  /// Asks for one of several options by its number; an empty line is the first.
  func choice<Option>(of options: [(label: String, option: Option)]) async throws(SetupProblem) -> Option {
    let digits = "\(options.count)".count
    for (index, option) in options.enumerated() {
      let number = String(repeating: " ", count: digits - "\(index + 1)".count) + "\(index + 1)"
      say(TextWrapping.cut("  \(number)  \(option.label.printable)", 80))
    }
    return try await answer(to: Question(flag: "--agent", prompt: "Number [1]: "), present: options[0].option) {
      text throws(WrongAnswer) in
      guard let number = Int(text), options.indices.contains(number - 1) else {
        throw WrongAnswer("Type a number from 1 to \(options.count).")
      }
      return options[number - 1].option
    }
  }
}

/// A question, with the flag that answers it in scripts.
struct Question {
  let flag: String
  let prompt: String
  var isHidden = false
}

/// The reason why an answer is not accepted, as a sentence.
package struct WrongAnswer: Error, Sendable {
  package let sentence: String

  init(_ sentence: String) { self.sentence = sentence }
}
