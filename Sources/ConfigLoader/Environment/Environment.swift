import FoundationEssentials

/// The variables that edgecrab sees: the process's own, and below them those of `.env` in edgecrab's folder.
///
/// It holds secrets, so it prints as nothing but a count.
package struct Environment: Sendable, CustomStringConvertible, CustomReflectable {
  /// The path of edgecrab's folder, absolute: `EDGECRAB_HOME`, or else `.edgecrab` in the user's home.
  package let home: String
  /// The variables by name. The process's own win; an empty one of them hides none of `.env`.
  package let variables: [String: String]
  /// What is wrong with the folder or its `.env`.
  package let problems: [SettingsProblem]
  /// Where in `.env` the variables that came from there stand.
  let places: [String: SettingsProblem.Place]

  /// Reads `.env`, if there is one, beneath the process's variables.
  package init(process: [String: String]) {
    var problems: [SettingsProblem] = []
    switch (process["EDGECRAB_HOME"] ?? "", process["HOME"] ?? "") {
    case ("", ""):
      home = ".edgecrab"
      problems.append(SettingsProblem(.noHome))
    case ("", let userHome): home = Self.path(userHome, ".edgecrab")
    // Programs run in other folders, and have to find it all the same.
    case (let ownHome, _):
      home = ownHome.hasPrefix("/") ? ownHome : Self.path(FileManager.default.currentDirectoryPath, ownHome)
    }
    let file = EnvironmentFile.read(Self.path(home, ".env"))
    variables = file.variables.merging(process) { filed, own in own.isEmpty ? filed : own }
    places = file.places.filter { process[$0.key]?.isEmpty ?? true }
    self.problems = problems + UnsafePath.all(ofFolder: home).map(SettingsProblem.init(unsafe:)) + file.problems
  }

  /// How many variables there are.
  package var description: String { "\(variables.count) variables" }
  /// Shows nothing inside, so that `dump` has nothing to print.
  package var customMirror: Mirror { Mirror(self, children: []) }

  /// Where a variable's value is from: `.env`'s path, or `the environment`.
  package func origin(of name: String) -> String { places[name]?.file ?? "the environment" }

  /// The path of `.env`, whether there is one or not.
  var filePath: String { Self.path(home, ".env") }

  private static func path(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
