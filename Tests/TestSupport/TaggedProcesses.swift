import Foundation

/// The processes that have a mark of a test's own among their variables, as all have that are below one with it.
package struct TaggedProcesses: Sendable {
  /// The value of the variable, whatever its name.
  package let mark = UUID().uuidString

  package init() {}

  /// Their ids. One that is over but not waited for has no variables any more.
  package func alive() throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
      FileManager.default.contents(atPath: "/proc/\(pid)/environ")?.range(of: Data(mark.utf8)) != nil
    }
  }
}
