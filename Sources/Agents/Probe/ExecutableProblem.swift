import FoundationEssentials
import Glibc

/// The reason why a program cannot be started, as far as its file shows.
struct ExecutableProblem: Equatable {
  /// A clause.
  let summary: String
  /// A sentence.
  let remedy: String

  /// Returns `nil` if the file and the interpreter in its first line exist and are executable.
  ///
  /// - Parameters:
  ///   - name: an absolute path, or a name that is looked up in `searchPath`.
  ///   - searchPath: the program's variable `PATH`.
  init?(of name: String, searchPath: String) {
    if let problem = Self.problem(name, searchPath, isInterpreterOf: nil) { self = problem } else { return nil }
  }

  private init(_ summary: String, _ remedy: String) { (self.summary, self.remedy) = (summary, remedy) }

  private static func problem(
    _ name: String, _ searchPath: String, isInterpreterOf script: String?
  ) -> ExecutableProblem? {
    let role = script.map { "the interpreter \(name), which the first line of \($0) names," } ?? "the program \(name)"
    let paths = name.contains("/") ? [name] : searchPath.split(separator: ":").map { "\($0)/\(name)" }
    let files = paths.filter { access($0, F_OK) == 0 && !isFolder($0) }
    guard let file = files.first(where: { access($0, X_OK) == 0 }) else {
      if let file = files.first {
        return ExecutableProblem(
          "\(role) is not executable: \(file) has no execute permission", "Run `chmod +x \(file)`.")
      }
      if paths.contains(where: isFolder) {
        return ExecutableProblem("\(role) is a folder", "Name the program in it in `command`.")
      }
      return ExecutableProblem(
        "\(role) does not exist", "Install it, use its path in `command`, or add its folder to PATH.")
    }
    // An interpreter that is a script itself is not followed; the kernel follows four.
    // Nor is one with a relative path, which begins in the folder in which the program is run.
    guard script == nil, let interpreter = interpreter(of: file), !isRelative(interpreter) else { return nil }
    return problem(interpreter, searchPath, isInterpreterOf: file)
  }

  /// The program that a script's first line names; of `/usr/bin/env NAME`, the name.
  private static func interpreter(of file: String) -> String? {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let head = [UInt8](unsafeUninitializedCapacity: Limits.firstLineBytesMax) { bytes, count in
      count = max(0, read(descriptor, bytes.baseAddress, bytes.count))
    }
    guard head.starts(with: Array("#!".utf8)) else { return nil }
    let line = String(decoding: head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
    guard let first = words.first else { return nil }
    guard first.hasSuffix("/env") else { return first }
    return words.dropFirst().first { !$0.hasPrefix("-") && !$0.contains("=") } ?? first
  }

  /// Returns whether a program's path begins in the folder in which it is run.
  static func isRelative(_ name: String) -> Bool { name.contains("/") && !name.hasPrefix("/") }

  private static func isFolder(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }
}
