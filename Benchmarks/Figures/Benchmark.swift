import Foundation

/// Groups of figures, all of which are measured on a subject, and printed as one table.
package struct Benchmark<Subject: Sendable>: Sendable {
  /// Figures that are measured together, and can be measured alone.
  package struct Group: Sendable {
    fileprivate let name: String
    fileprivate let isSlow: Bool
    fileprivate let measure: @Sendable (Subject) async throws -> [Figure]

    /// - Parameter isSlow: true to measure it only if it is named.
    package init(
      _ name: String, isSlow: Bool = false, _ measure: @escaping @Sendable (Subject) async throws -> [Figure]
    ) {
      (self.name, self.isSlow, self.measure) = (name, isSlow, measure)
    }
  }

  private let peer: String
  private let groups: [Group]

  /// - Parameter peer: the heading of what edgecrab is compared with.
  package init(peer: String, _ groups: [Group]) { (self.peer, self.groups) = (peer, groups) }

  /// The names of all groups, as the usage of a program shows them.
  package var names: String { groups.map(\.name).joined(separator: "|") }

  package func hasGroups(_ names: [String]) -> Bool { names.allSatisfy { name in groups.contains { $0.name == name } } }

  /// Measures the named groups, or all but those that are slow if there are no names.
  ///
  /// - Returns: The machine, its load, and the table. A group that fails is a row with the reason.
  package func report(on subject: Subject, _ names: [String]) async -> String {
    var table = FigureTable(peer: peer)
    let before = Machine.load
    for group in groups where names.isEmpty ? !group.isSlow : names.contains(group.name) {
      FileHandle.standardError.write(Data("measuring: \(group.name)\n".utf8))
      do {
        table.add(try await group.measure(subject))
      } catch {
        table.add([Figure(group.name, .missing("\(error)"))])
      }
    }
    return "\(Machine.text)\nload before: \(before), after: \(Machine.load)\n\n\(table.text)"
  }
}

extension Benchmark.Group where Subject == Void {
  package init(_ name: String, isSlow: Bool = false, _ measure: @escaping @Sendable () async throws -> [Figure]) {
    self.init(name, isSlow: isSlow) { _ in try await measure() }
  }
}
