/// The kinds of findings. A code is stable: it is never given to another kind.
public enum DiagnosticCode: String, Sendable, CaseIterable {
  // Reading the file.
  case fileTooLarge = "E0101"
  case notUTF8 = "E0102"
  case unknownKey = "E0103"
  case notYAML = "E0104"
  case emptyFile = "E0105"
  case severalDocuments = "E0106"
  case nestedTooDeep = "E0107"
  case tooManyValues = "E0108"
  case duplicateKey = "E0109"
  case unknownAlias = "E0110"
  case keyNotText = "E0111"
  case tag = "E0112"
  case tooManyDirectives = "E0113"

  // Values.
  case wrongType = "E0201"
  case wrongValue = "E0202"
  case missingKey = "E0203"
  case noValue = "E0204"
  case outOfRange = "E0205"
  case unknownVersion = "E0206"
  case empty = "E0207"
  case unsetVariable = "E0208"
  case malformedVariable = "E0209"
  case secretInFile = "E0210"
  case badDuration = "E0211"
  case badRate = "E0212"
  case badDay = "E0213"
  case badHours = "E0214"
  case badZone = "E0215"
  case badMoment = "E0216"
  case badAddress = "E0217"
  case badName = "E0218"
  case badExpression = "E0219"
  case unknownPlaceholder = "E0220"
  case unclosedPlaceholder = "E0221"
  case noAdmin = "E0222"
  case badPrefix = "E0223"
  case malformedSecret = "E0224"
  case tooLong = "E0225"
  case tooManyVariables = "E0226"
  case tooManyExpressions = "E0227"
  case badSize = "E0228"
  case badMediaRange = "E0229"
  case badHeader = "E0230"
  case badBody = "E0231"
  case badCurrency = "E0232"
  case emptyVariable = "E0233"
  case zoneNotRead = "E0234"
  case notBuiltIn = "E0239"

  // Names of other parts of the file.
  case undefinedAgent = "E0301"
  case undefinedGroup = "E0302"
  case undefinedCommand = "E0303"
  case undefinedRule = "E0304"
  case groupLacks = "E0305"
  case groupInGroup = "E0306"

  // Rules, agents and commands.
  case noAction = "E0401"
  case severalActions = "E0402"
  case ignoreFalse = "E0403"
  case duplicateRule = "E0404"
  case reservedRuleName = "E0405"
  case userSessionInChannel = "E0406"
  case uselessKey = "E0407"
  case commandTaken = "E0502"

  // Names that a server was asked for.
  case unknownName = "E0601"

  // Agents that were looked at.
  case agentNotReady = "E0237"

  // What is hardly meant.
  case unusedAgent = "W0101"
  case unusedGroup = "W0102"
  case botsWithoutLimit = "W0201"
  case everyMessage = "W0202"
  case noRuleForDirectMessages = "W0203"
  case noRuleForMentions = "W0204"
  case unreachableCommand = "W0205"
  case impossibleRule = "W0206"
  case takenRule = "W0207"
  case undecidedRules = "W0208"
  case programsOfAnyAccount = "W0209"
  case endpointPathInURL = "W0210"
  case noVersionInURL = "W0211"
  case agentDoubtful = "W0213"
  case nobodyCanStop = "W0215"
  case groupAsName = "W0216"
  case singleBraces = "W0217"
  case noZone = "W0218"
  case commentInText = "W0219"
  case expressionAsText = "W0220"
  case boundaryBeyondASCII = "W0221"
  case expressionOfASCII = "W0222"

  // What the file expects of itself.
  case expectationFails = "W0301"
  case tooManyTests = "W0302"

  /// How grave findings of this kind are.
  public var severity: Severity { rawValue.hasPrefix("E") ? .error : .warning }
}
