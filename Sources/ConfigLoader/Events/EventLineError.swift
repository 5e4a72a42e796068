/// What is wrong with an event's line.
package enum EventLineError: Error, Sendable, Equatable, CustomStringConvertible {
  case tooLong
  case notUTF8
  case notJSON
  case notAMap
  case unknownKey(String)
  case wrongType(String, expected: String)
  case wrongValue(String, String, allowed: [String])
  case badName(String, NameRole)
  case badMoment(String)
  case commandBesideText
}

/// Why an event file cannot be read to its end.
package struct EventFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong.
  package enum Reason: Sendable, Equatable {
    case line(EventLineError)
    case file(FileProblem)
    case tooLarge
  }

  /// The file as the user named it.
  package let file: String
  /// The line, from 1; nil where it is about the file as a whole.
  package let line: Int?
  /// What is wrong there.
  package let reason: Reason
}
