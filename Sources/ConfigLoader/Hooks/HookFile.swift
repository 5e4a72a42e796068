import Core
import RuleEngine

/// A hook's manifest becomes a value, or the findings that say why not.
package enum HookFile {
  /// Loads a manifest.
  ///
  /// - Parameter environment: the variables that `env` names values of.
  package static func load(_ source: SourceText, environment: [String: String]) -> LoadedHook {
    let tree = ConfigTree(source)
    var reader = RulesReader(source: source, environment: environment, now: 0, zone: nil)
    reader.findings.add(tree.diagnostics)
    let manifest = tree.root.flatMap { reader.hook($0) }
    return LoadedHook(
      manifest: reader.findings.errors > 0 ? nil : manifest, diagnostics: reader.findings.sorted,
      leftOut: reader.findings.leftOut, source: reader.source)
  }
}

/// What came of loading a manifest.
package struct LoadedHook: Sendable {
  /// The manifest; nil where any finding is an error.
  package let manifest: HookManifest?
  /// What was found, in the order of the places.
  package let diagnostics: [Diagnostic]
  /// How many more findings there were.
  package let leftOut: Int
  /// The text that the findings point into.
  package let source: SourceText

  /// The findings as a person reads them; empty where there are none.
  package var report: String { source.report(diagnostics, leftOut: leftOut) }
}

extension Schema {
  /// A hook's manifest: no section of a rules file.
  enum HookManifestFile {
    static let name = Key("name", Values.text, isRequired: true, "What the hook is called.")
    static let events = Key(
      "events", Values.hookEvents, isRequired: true, "The events that it is run for.")
    static let description = Key("description", Values.text, otherwise: "none", "What it is for.")
    static let timeout = Key("timeout_secs", Values.integer(1...600), fallback: 10, "Seconds that it may take.")
    static let priority = Key(
      "priority", Values.integer(0...1_000), fallback: 50, "Those with lower numbers are run first.")
    static let enabled = Key("enabled", Values.boolean, fallback: true, "Whether it is run at all.")
    static let env = Key(
      "env", Values.variableNames, otherwise: "none", "Variables of the gateway that it sees beside the plain ones.")
    static let section = SchemaSection(
      name: "hook", phrase: "a hook's manifest",
      keys: [name.row, events.row, description.row, timeout.row, priority.row, enabled.row, env.row])
  }
}

extension Values {
  /// Events by their names, `command:NAME`, `command:*`, or `*`.
  fileprivate static let hookEvents: ValueReader<[String]> = oneOrMany(
    ValueReader(type: .text) { node, key, reader in
      guard let name = reader.read(text, node, key) else { return nil }
      let known = HookEventName.allCases.map(\.rawValue) + ["command:*", "*"]
      if known.contains(name) || name.hasPrefix("command:") && name.count > "command:".count { return name }
      let nearest = reader.nearest(to: name, among: known)
      reader.findings.add(.wrongValue(key, name, allowed: known + ["command:NAME"], nearest: nearest, at: node.span))
      return nil
    })

  /// Names of variables, with their values.
  fileprivate static let variableNames: ValueReader<[NamedValue]> = list(
    ValueReader(type: .text) { node, key, reader in
      guard let name = reader.read(text, node, key) else { return nil }
      guard let value = reader.environment[name] else {
        reader.findings.add(.unsetHookVariable(name, at: node.span))
        return nil
      }
      return NamedValue(name: name, value: Secret(value), written: name)
    })
}

extension RulesReader {
  fileprivate mutating func hook(_ node: ConfigNode) -> HookManifest? {
    typealias Keys = Schema.HookManifestFile
    guard let fields = fields(node, as: Keys.section, "hook") else { return nil }
    let manifest = HookManifest(
      name: value(Keys.name, in: fields) ?? "", events: value(Keys.events, in: fields) ?? [],
      summary: value(Keys.description, in: fields), timeoutSeconds: value(Keys.timeout, in: fields) ?? 10,
      priority: value(Keys.priority, in: fields) ?? 50, isEnabled: value(Keys.enabled, in: fields) ?? true,
      environment: value(Keys.env, in: fields) ?? [])
    return manifest.name.isEmpty || manifest.events.isEmpty ? nil : manifest
  }
}
