import ConfigLoader

/// The explanation of a diagnostic's code: a file of `Codes/Pages`, in a small part of Markdown.
///
/// It begins with `# E0103: unknown key` and a summary. A wrong and a right example follow, each a whole file in a
/// fence, and last the reason. A page has no examples if they would be too large.
package struct DiagnosticPage: Sendable, Equatable {
  /// The source of the page.
  package let markdown: String
  /// The diagnostic in a few words.
  package let title: String
  /// The first paragraph, on one line.
  package let summary: String
  /// A wrong and a right file, or none.
  package let examples: [String]

  init(markdown: String) {
    self.markdown = markdown
    let blocks = markdown.split(separator: "```", omittingEmptySubsequences: false)
    examples = blocks.enumerated().filter { $0.offset % 2 == 1 }.map { $0.element.dropFirstLine() }
    let paragraphs = (blocks.first ?? "").split(separator: "\n\n")
    title = paragraphs.first?.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
    summary = paragraphs.dropFirst().first?.split(separator: "\n").joined(separator: " ") ?? ""
  }

  /// The page for a terminal of 80 columns, with its examples indented.
  package var text: String {
    var isExample = false
    var lines: [String] = []
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isExample.toggle()
      } else if isExample {
        lines.append("    " + line)
      } else {
        lines.append(line.hasPrefix("# ") ? String(line.dropFirst(2)) : String(line))
      }
    }
    return lines.joined(separator: "\n")
  }
}

extension Substring {
  fileprivate func dropFirstLine() -> String {
    firstIndex(of: "\n").map { String(self[index(after: $0)...]) } ?? ""
  }
}

extension DiagnosticCode {
  /// The page that explains the code.
  package var page: DiagnosticPage { DiagnosticPage(markdown: String(decoding: pageBytes, as: UTF8.self)) }

  /// Parses a code, in upper or lower case.
  package init?(written text: String) { self.init(rawValue: text.uppercased()) }

  private var pageBytes: [UInt8] {
    switch self {
    case .fileTooLarge: PackageResources.E0101_md
    case .notUTF8: PackageResources.E0102_md
    case .unknownKey: PackageResources.E0103_md
    case .notYAML: PackageResources.E0104_md
    case .emptyFile: PackageResources.E0105_md
    case .severalDocuments: PackageResources.E0106_md
    case .nestedTooDeep: PackageResources.E0107_md
    case .tooManyValues: PackageResources.E0108_md
    case .duplicateKey: PackageResources.E0109_md
    case .unknownAlias: PackageResources.E0110_md
    case .keyNotText: PackageResources.E0111_md
    case .tag: PackageResources.E0112_md
    case .tooManyDirectives: PackageResources.E0113_md
    case .wrongType: PackageResources.E0201_md
    case .wrongValue: PackageResources.E0202_md
    case .missingKey: PackageResources.E0203_md
    case .noValue: PackageResources.E0204_md
    case .outOfRange: PackageResources.E0205_md
    case .unknownVersion: PackageResources.E0206_md
    case .empty: PackageResources.E0207_md
    case .unsetVariable: PackageResources.E0208_md
    case .malformedVariable: PackageResources.E0209_md
    case .secretInFile: PackageResources.E0210_md
    case .badDuration: PackageResources.E0211_md
    case .badRate: PackageResources.E0212_md
    case .badDay: PackageResources.E0213_md
    case .badHours: PackageResources.E0214_md
    case .badZone: PackageResources.E0215_md
    case .badMoment: PackageResources.E0216_md
    case .badAddress: PackageResources.E0217_md
    case .badName: PackageResources.E0218_md
    case .badExpression: PackageResources.E0219_md
    case .unknownPlaceholder: PackageResources.E0220_md
    case .unclosedPlaceholder: PackageResources.E0221_md
    case .noAdmin: PackageResources.E0222_md
    case .badPrefix: PackageResources.E0223_md
    case .malformedSecret: PackageResources.E0224_md
    case .tooLong: PackageResources.E0225_md
    case .tooManyVariables: PackageResources.E0226_md
    case .tooManyExpressions: PackageResources.E0227_md
    case .badSize: PackageResources.E0228_md
    case .badMediaRange: PackageResources.E0229_md
    case .badHeader: PackageResources.E0230_md
    case .badBody: PackageResources.E0231_md
    case .badCurrency: PackageResources.E0232_md
    case .emptyVariable: PackageResources.E0233_md
    case .zoneNotRead: PackageResources.E0234_md
    case .notBuiltIn: PackageResources.E0235_md
    case .badFolder: PackageResources.E0236_md
    case .duplicateServer: PackageResources.E0237_md
    case .undefinedAgent: PackageResources.E0301_md
    case .undefinedGroup: PackageResources.E0302_md
    case .undefinedCommand: PackageResources.E0303_md
    case .undefinedRule: PackageResources.E0304_md
    case .groupLacks: PackageResources.E0305_md
    case .groupInGroup: PackageResources.E0306_md
    case .noAction: PackageResources.E0401_md
    case .severalActions: PackageResources.E0402_md
    case .ignoreFalse: PackageResources.E0403_md
    case .duplicateRule: PackageResources.E0404_md
    case .reservedRuleName: PackageResources.E0405_md
    case .userSessionInChannel: PackageResources.E0406_md
    case .uselessKey: PackageResources.E0407_md
    case .commandTaken: PackageResources.E0502_md
    case .unknownName: PackageResources.E0601_md
    case .agentNotReady: PackageResources.E0602_md
    case .unusedAgent: PackageResources.W0101_md
    case .unusedGroup: PackageResources.W0102_md
    case .botsWithoutLimit: PackageResources.W0201_md
    case .everyMessage: PackageResources.W0202_md
    case .noRuleForDirectMessages: PackageResources.W0203_md
    case .noRuleForMentions: PackageResources.W0204_md
    case .unreachableCommand: PackageResources.W0205_md
    case .impossibleRule: PackageResources.W0206_md
    case .takenRule: PackageResources.W0207_md
    case .undecidedRules: PackageResources.W0208_md
    case .programsOfAnyAccount: PackageResources.W0209_md
    case .endpointPathInURL: PackageResources.W0210_md
    case .noVersionInURL: PackageResources.W0211_md
    case .agentDoubtful: PackageResources.W0212_md
    case .nobodyCanStop: PackageResources.W0213_md
    case .groupAsName: PackageResources.W0214_md
    case .singleBraces: PackageResources.W0215_md
    case .noZone: PackageResources.W0216_md
    case .commentInText: PackageResources.W0217_md
    case .expressionAsText: PackageResources.W0218_md
    case .boundaryBeyondASCII: PackageResources.W0219_md
    case .expressionOfASCII: PackageResources.W0220_md
    case .folderNotUsable: PackageResources.W0221_md
    case .expectationFails: PackageResources.W0301_md
    case .tooManyTests: PackageResources.W0302_md
    }
  }
}
