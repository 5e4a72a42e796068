package import RuleEngine

/// A picture of a rule set: who, where and why; the rules in the order in which they are asked; what each does.
package struct RulesGraph: Sendable {
  /// How a picture is written.
  package enum Format: String, Sendable, CaseIterable {
    /// Laid out, for a browser.
    case svg
    /// For Mermaid, as in Markdown on many sites.
    case mermaid
    /// For Graphviz.
    case dot
  }

  let access: [String]
  let rows: [Row]
  /// How many rules there are beyond the rows, and where to see them.
  let omission: String?

  /// One rule as a row of the picture; each column is a few lines.
  struct Row: Sendable, Equatable {
    var number: Int
    var who: [String]
    var place: [String]
    var why: [String]
    var name: String
    var isShadow: Bool
    var deed: Deed
    var details: [String]
  }

  /// What a rule does, as the picture tells it apart.
  enum Deed: Sendable, Equatable {
    case agent(String)
    case say, ignore, deny
  }

  private let ruleSet: RuleSet

  /// Draws a rule set.
  package init(_ ruleSet: RuleSet) {
    self.init(ruleSet, rowsMax: .max)
  }

  private init(_ ruleSet: RuleSet, rowsMax: Int) {
    self.ruleSet = ruleSet
    access = ruleSet.access.picture
    rows = ruleSet.rules.prefix(rowsMax).enumerated().map { Row($1.withDefaults, number: $0 + 1) }
    omission = Self.omission(ruleSet.rules.count - rows.count)
  }

  /// The picture as text. Of more rules than the format can show, the first, and how many are left out.
  package func text(as format: Format) -> String {
    switch format {
    case .svg: RulesGraph(ruleSet, rowsMax: Limits.svgRowsMax).svg
    case .mermaid: RulesGraph(ruleSet, rowsMax: Limits.mermaidRowsMax).mermaid
    case .dot: RulesGraph(ruleSet, rowsMax: Limits.dotRowsMax).dot
    }
  }
}
