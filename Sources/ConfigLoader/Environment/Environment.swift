import FoundationEssentials

/// The environment variables of the process, completed by those of `.env` in edgecrab's folder.
///
/// It contains secrets, so its description is only a count.
package struct Environment: Sendable, CustomStringConvertible, CustomReflectable {
  /// The path of edgecrab's folder, absolute: `EDGECRAB_HOME`, or else `.edgecrab` in the user's home.
  package let home: String
  /// The variables by name. Those of the process take precedence, unless they are empty or `.env` is preferred.
  package let variables: [String: String]
  /// The problems of the folder and of `.env`.
  package let problems: [SettingsProblem]
  /// The locations of the variables of `.env`.
  let locations: [String: SettingsProblem.Location]

  /// Reads `.env`, if it exists.
  ///
  /// - Parameter prefersFile: whether the variables of `.env` take precedence over those of the process.
  package init(process: [String: String], prefersFile: Bool = false) {
    var problems: [SettingsProblem] = []
    switch (process["EDGECRAB_HOME"] ?? "", process["HOME"] ?? "") {
    case ("", ""):
      home = ".edgecrab"
      problems.append(SettingsProblem(.noHome))
    case ("", let userHome): home = Self.path(userHome, ".edgecrab")
    // Child processes run in other folders.
    case (let ownHome, _):
      home = ownHome.hasPrefix("/") ? ownHome : Self.path(FileManager.default.currentDirectoryPath, ownHome)
    }
    let file = EnvironmentFile.read(Self.path(home, ".env"))
    variables = file.variables.merging(process) { filed, own in
      own.isEmpty || prefersFile && !filed.isEmpty ? filed : own
    }
    locations = file.locations.filter { name, _ in
      process[name]?.isEmpty ?? true || prefersFile && file.variables[name]?.isEmpty == false
    }
    self.problems = problems + UnsafePath.all(ofFolder: home).map(SettingsProblem.init(unsafe:)) + file.problems
  }

  private init(
    home: String, variables: [String: String], problems: [SettingsProblem],
    locations: [String: SettingsProblem.Location]
  ) {
    (self.home, self.variables, self.problems, self.locations) = (home, variables, problems, locations)
  }

  /// Returns the environment with other values, without the problems of the present one.
  package func setting(_ values: [String: String]) -> Environment {
    Environment(home: home, variables: variables.merging(values) { $1 }, problems: [], locations: locations)
  }

  /// The problems that remain when `.env` is written again with the mode 600.
  package var lastingProblems: [SettingsProblem] {
    problems.filter { if case .open = $0.reason { false } else { true } }
  }

  /// Returns the value of a variable, or `nil` if it is not set, or empty.
  package func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

  package var description: String { "\(variables.count) variables" }
  /// Hides the values from `dump`.
  package var customMirror: Mirror { Mirror(self, children: []) }

  /// Returns the source of a variable: the path of `.env`, or `the environment`.
  package func origin(of name: String) -> String { locations[name]?.file ?? "the environment" }

  /// The path of `.env`, whether or not it exists.
  package var filePath: String { Self.path(home, ".env") }

  private static func path(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
