import Agents
package import ConfigLoader
import Core
import Doctor
package import Logging
import RuleEngine
import Transport

/// The first minutes of a new user: asks for the server, the token, an agent and the people with access, checks each
/// answer at once, and writes `.env` and a rules file when all of them are good.
///
/// On a later run, the present values are the defaults, and only what is answered otherwise changes.
package struct SetupSession: Sendable {
  let environment: Environment
  let flags: SetupFlags
  let dialog: Dialog
  let logger: Logger

  /// - Parameter environment: the variables, those of `.env` first.
  package init(_ environment: Environment, _ flags: SetupFlags, _ dialog: Dialog, logger: Logger) {
    (self.environment, self.flags, self.dialog, self.logger) = (environment, flags, dialog, logger)
  }

  /// Asks, checks and writes, and shows how to go on.
  ///
  /// - Parameters:
  ///   - rulesPath: the rules file that the gateway reads by default.
  ///   - process: the variables of the process, which override `.env`.
  ///   - willWrite: called before the first file is written.
  package func run(
    rulesPath: String, process: [String: String], willWrite: () -> Void
  ) async throws(SetupProblem) {
    if let problem = environment.lastingProblems.first { throw .other("\(problem.description).") }
    var target = try rulesTarget(flags.rules ?? rulesPath)
    let settings = try settings()
    try requireAnswers(target)
    if target.isPresent, target.rules == nil {
      if flags.changesAgent || flags.access != nil { throw .other(Self.unchangeable(target, .hasErrors)) }
      dialog.explain(
        "\(target.path.printable) has errors, which `edgecrab rules check` shows. It stays as it is: only .env changes."
      )
    }

    let server = try await server()
    var edit = RulesEdit()
    var key: APIKey?
    if target.rules != nil || !target.isPresent {
      let agent = try await agent(&target, server)
      (edit.agent, key) = (agent?.draft, agent?.key)
      edit.users = try await users(target, on: server)
    }
    var rules: LoadedRules?
    if edit.agent != nil || edit.users != nil { rules = try await changed(&target, by: edit, server, key) }
    let plan = plan(target, rules?.source, settings.setting(Self.variables(server, key)))

    dialog.say("")

    if plan.isEmpty {
      dialog.say("Nothing has to be changed.")
    } else {
      if dialog.isInteractive {
        dialog.say("To be written:\n\(plan.description)")
        rules.map(showWarnings)
        guard try await dialog.confirms("Write this?") else { throw .declined }
      }
      willWrite()
      try plan.write()
      if dialog.isInteractive {
        dialog.say("Written.")
      } else {
        dialog.say("Written:\n\(plan.description)")
        rules.map(showWarnings)
      }
    }
    showNextSteps(target.path == rulesPath ? nil : target.path)
    warn(about: process, overriding: Self.variables(server, key))
  }

  /// The probe of agents, which also finds models.
  var probe: AgentProbe {
    AgentProbe(client: HTTPClient(logger: logger), environment: environment.variables, logger: logger)
  }

  /// The rules that the checks of the connection name to the doctor, which does not look at them.
  var builtInRules: LoadedRules { RulesFile.builtIn(environment: [:], now: Timestamp.now.milliseconds) }

  /// Reads the secret of a flag.
  func secret(from path: String?, _ flag: String) throws(SetupProblem) -> String? {
    guard let path else { return nil }
    do throws(SecretFile.Problem) {
      return try SecretFile.read(option: path)
    } catch {
      throw .wrong(flag: flag, WrongAnswer("\(path.printable) cannot be read: \(error.reason)."))
    }
  }

  private func rulesTarget(_ path: String) throws(SetupProblem) -> RulesTarget {
    do throws(RulesFileError) {
      return try RulesTarget(path, environment, now: Timestamp.now.milliseconds)
    } catch {
      throw .other(error.summary.sentence)
    }
  }

  /// Reports all missing answers at once if there is no one to ask.
  private func requireAnswers(_ target: RulesTarget) throws(SetupProblem) {
    guard !dialog.isInteractive else { return }
    func isSet(_ name: String) -> Bool { environment.value(name) != nil }
    let missing = [
      flags.url == nil && !isSet("MATTERMOST_URL") ? "--url" : nil,
      flags.tokenFile == nil && !isSet("MATTERMOST_TOKEN") && !isSet("MATTERMOST_TOKEN_FILE") ? "--token-file" : nil,
      flags.agent == nil && !target.isPresent ? "--agent" : nil,
      flags.access == nil && !target.isPresent && !isSet("MATTERMOST_ALLOWED_USERS")
        ? "--allow or --allow-everyone" : nil,
    ].compactMap(\.self)
    if !missing.isEmpty { throw .missing(missing) }
  }

  /// Returns the changed rules. If the file cannot be changed without a loss, a person may choose another file.
  func changed(
    _ target: inout RulesTarget, by edit: RulesEdit, _ server: ServerAnswers, _ key: APIKey?
  ) async throws(SetupProblem) -> LoadedRules {
    let variables = environment(with: server, key: key).variables
    let now = Timestamp.now.milliseconds
    do throws(RulesEditProblem) {
      return try edit.applied(to: target.source, environment: variables, now: now)
    } catch {
      let reason = Self.unchangeable(target, error)
      guard dialog.isInteractive else { throw .other(reason) }
      let other = try rulesTarget(target.path + ".new")
      guard !other.isPresent else { throw .other(reason) }
      dialog.explain(reason)
      guard try await dialog.confirms("Write new rules to \(other.path.printable)?") else { throw .declined }
      target = other
      do throws(RulesEditProblem) {
        return try edit.applied(to: other.source, environment: variables, now: now)
      } catch {
        throw .other(Self.unchangeable(other, error))
      }
    }
  }

  private static func unchangeable(_ target: RulesTarget, _ problem: RulesEditProblem) -> String {
    "\(target.path.printable) is not changed: \(problem.clause). Change it by hand, or name another file, which gets new "
      + "rules, with --rules."
  }

  private func settings() throws(SetupProblem) -> EnvironmentEdit {
    do throws(FileProblem) {
      return try EnvironmentEdit(in: environment)
    } catch {
      throw .other("\(environment.filePath.printable) cannot be read: \(error.reason).")
    }
  }

  private func plan(_ target: RulesTarget, _ text: SourceText?, _ settings: EnvironmentEdit) -> SetupPlan {
    SetupPlan(
      home: environment.home, settings: settings,
      hidesSettings: environment.problems.count > environment.lastingProblems.count, rules: target,
      rulesText: text?.text == target.source.text && target.isPresent ? nil : text)
  }

  private static func variables(_ server: ServerAnswers, _ key: APIKey?) -> [(name: String, value: String)] {
    server.variables + (key.map { [($0.variable, $0.secret.exposed)] } ?? [])
  }

  private func showNextSteps(_ rules: String?) {
    let option = rules.map { " --rules \($0.shellWord)" } ?? ""
    dialog.say(
      """

      Next:
        edgecrab doctor\(option)
        edgecrab gateway start\(option)
      """)
  }

  /// Shows that a test of the file fails now, for example.
  private func showWarnings(of rules: LoadedRules) {
    guard let first = rules.diagnostics.first else { return }
    let others = rules.diagnostics.count - 1 + rules.leftOut
    dialog.explain(
      "The rules have a warning: \(first.message)." + (others > 0 ? " There are \(others) more." : "")
        + " `edgecrab rules check` explains it.")
  }

  private func warn(about process: [String: String], overriding written: [(name: String, value: String)]) {
    let names = written.filter { !(process[$0.name] ?? "").isEmpty && process[$0.name] != $0.value }.map(\.name)
    guard !names.isEmpty else { return }
    dialog.explain("The environment of this shell overrides .env with other values, until you run")
    dialog.say("  unset \(names.joined(separator: " "))")
  }
}
