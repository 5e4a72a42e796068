import Core

/// An error in an event line.
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

/// An error that keeps an event file from being read to its end.
package struct EventFileError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Reason: Sendable, Equatable {
    case line(EventLineError)
    case file(FileProblem)
    case tooLarge
  }

  /// The file as the user named it.
  package let file: String
  /// The line, from 1; `nil` if the error concerns the whole file.
  package let line: Int?
  package let reason: Reason
}

extension EventLineError {
  package var description: String {
    switch self {
    case .tooLong: "the line is longer than \(Limits.eventLineBytesMax / 1024) KiB; an event takes less than one"
    case .notUTF8: "the line is not UTF-8; save the file as UTF-8"
    case .notJSON: #"the line is not JSON; write one event a line, like {"user": "alice", "text": "hello"}"#
    case .notAMap: #"an event is a map, like {"user": "alice", "text": "hello"}"#
    case .unknownKey(let key):
      if let nearest = Spelling.nearest(to: key, among: EventLineKey.allCases.map(\.rawValue)) {
        "unknown key \(quoted(key)); did you mean \(quoted(nearest))?"
      } else {
        "unknown key \(quoted(key)); an event has the keys of a test's `given`"
      }
    case .wrongType(let key, let expected): "\(quoted(key)) must be \(expected)"
    case .wrongValue(let key, let value, let allowed):
      "\(quoted(key)) cannot be \(quoted(value)); it is one of \(listed(allowed, "or"))"
    case .badName(let name, let role): "\(quoted(name)) cannot be \(role.phrase)"
    case .badMoment(let text): "\(quoted(text)) is not a date and time; write it like 2025-06-01T09:30:00Z"
    case .commandBesideText: #"`command` is allowed only with `"text": null`; write what was typed into `text`"#
    }
  }
}

extension EventFileError {
  package var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return switch reason {
    case .line(let problem): "\(place): \(problem)"
    case .tooLarge:
      "\(place): the file is larger than \(Limits.eventFileBytesMax >> 30) GiB, the most that is read; split it"
    case .file(.missing): "there is no event file \(quoted(file)); check the path"
    case .file(.isBrokenLink): "the event file \(quoted(file)) is a broken link; repair or remove it"
    case .file(.isDirectory): "the event file \(quoted(file)) is a directory; name a file in it"
    case .file(.noPermission): "the event file \(quoted(file)) is not readable; make it readable with `chmod u+r`"
    case .file(.notAFile): "the event file \(quoted(file)) cannot be read"
    case .file(.other(let reason)): "the event file \(quoted(file)) cannot be read: \(reason)"
    }
  }
}
