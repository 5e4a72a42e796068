/// A `.env` file: a `KEY=VALUE` a line, as a shell would read it, but with nothing run and nothing put in.
struct EnvironmentFile {
  private(set) var variables: [String: String] = [:]
  private(set) var places: [String: SettingsProblem.Place] = [:]
  private(set) var problems: [SettingsProblem] = []
  private let path: String

  /// The file at a path. None there is none to read, and no problem.
  static func read(_ path: String) -> Self {
    var none = EnvironmentFile(path: path)
    do throws(FileProblem) {
      let (bytes, mode) = try FileBytes.read(path, max: Limits.environmentBytesMax + 1)
      var file = EnvironmentFile(path: path, bytes: bytes)
      // The token stands in it: whoever reads it can speak as the bot.
      if mode & 0o077 != 0 { file.add(.open(mode: mode)) }
      // Its folder is edgecrab's own, which is looked at as a whole.
      for unsafe in UnsafePath.all(ofFile: path) {
        if case .owner = unsafe.reason, !unsafe.isFolder { file.add(.unsafe(unsafe)) }
      }
      return file
    } catch .missing {
    } catch {
      none.add(.unreadable(error))
    }
    return none
  }

  private init(path: String) { self.path = path }

  /// Reads a file's text.
  init(path: String, bytes: [UInt8]) {
    self.init(path: path)
    if bytes.count > Limits.environmentBytesMax {
      add(.tooLarge)
      return
    }
    let source = SourceText(file: path, bytes: bytes)
    guard String(validating: source.bytes, as: UTF8.self) != nil else {
      let valid = source.bytes.prefix(source.bytes.validUTF8Count)
      let place = valid.endPosition
      add(.notUTF8, line: place.line, place.column)
      return
    }
    for number in 1...max(1, source.lineCount) {
      var line = EnvironmentLine(source.line(number))
      do throws(EnvironmentLine.Problem) {
        guard let (key, value) = try line.assignment() else { continue }
        if let first = places[key.name] { add(.setTwice(key.name, firstLine: first.line), line: number, key.column) }
        variables[key.name] = value
        places[key.name] = SettingsProblem.Place(file: path, line: number, column: key.column)
      } catch {
        add(.line(error), line: number, line.column)
      }
    }
  }

  private mutating func add(_ reason: SettingsProblem.Reason, line: Int = 0, _ column: Int = 0) {
    problems.append(SettingsProblem(reason, SettingsProblem.Place(file: path, line: line, column: column)))
  }
}
