import Core
package import RuleEngine

/// The manifest of a hook: its `HOOK.yaml`.
package struct HookManifest: Sendable, Equatable {
  /// The name of the hook.
  package var name: String
  /// The events that run the hook: names, `command:*`, or `*`.
  package var events: [String]
  /// A description.
  package var summary: String?
  /// The time limit in seconds.
  package var timeoutSeconds: Int
  /// The order of hooks: lower numbers run first.
  package var priority: Int
  package var isEnabled: Bool
  /// Variables in addition to the default ones.
  package var environment: [NamedValue]

  /// Returns whether an event runs the hook.
  package func isFor(_ event: String) -> Bool {
    events.contains {
      $0 == event || $0 == HookEventKind.anyEvent
        || $0 == HookEventKind.anyCommand && event.hasPrefix(HookEventKind.commandPrefix)
    }
  }
}

/// Loads manifests of hooks.
package enum HookFile {
  /// Loads a manifest.
  ///
  /// - Parameter environment: the variables that `env` selects from.
  package static func load(_ source: SourceText, environment: [String: String]) -> LoadedHook {
    let tree = ConfigTree(source)
    var reader = RulesReader(source: source, environment: environment, now: 0, zone: nil)
    reader.diagnostics.add(tree.diagnostics)
    let manifest = tree.root.flatMap { reader.hook($0) }
    return LoadedHook(
      manifest: reader.diagnostics.errors > 0 ? nil : manifest, diagnostics: reader.diagnostics.sorted,
      leftOut: reader.diagnostics.leftOut, source: reader.source)
  }
}

/// A loaded manifest.
package struct LoadedHook: Sendable {
  /// The manifest; `nil` if a diagnostic is an error.
  package let manifest: HookManifest?
  /// The diagnostics, ordered by position.
  package let diagnostics: [Diagnostic]
  /// The number of further diagnostics.
  package let leftOut: Int
  /// The text that the diagnostics point into.
  package let source: SourceText

  /// The diagnostics as text for people; empty if there are none.
  package var report: String { source.report(diagnostics, leftOut: leftOut) }
}

extension Schema {
  /// The manifest of a hook, which is not a section of a rules file.
  enum HookManifestFile {
    static let name = Key("name", Values.text, isRequired: true, "The name of the hook.")
    static let events = Key(
      "events", Values.hookEvents, isRequired: true, "The events that run it.")
    static let description = Key("description", Values.text, otherwise: "none", "A description.")
    static let timeout = Key("timeout_secs", Values.integer(1...600), fallback: 10, "The time limit in seconds.")
    static let priority = Key(
      "priority", Values.integer(0...1_000), fallback: 50, "Hooks with lower numbers run first.")
    static let enabled = Key("enabled", Values.boolean, fallback: true, "Whether it runs.")
    static let env = Key(
      "env", Values.variableNames, otherwise: "none", "Variables of the gateway in addition to the default ones.")
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
      let known = HookEventKind.manifestNames
      let prefix = HookEventKind.commandPrefix
      if known.contains(name) || name.hasPrefix(prefix) && name.count > prefix.count { return name }
      let nearest = reader.nearest(to: name, among: known)
      reader.diagnostics.add(
        .wrongValue(key, name, allowed: known + [HookEventKind.command.name], nearest: nearest, at: node.span))
      return nil
    })

  /// Names of variables, with their values.
  fileprivate static let variableNames: ValueReader<[NamedValue]> = list(
    ValueReader(type: .text) { node, key, reader in
      guard let name = reader.read(text, node, key) else { return nil }
      guard let value = reader.environment[name] else {
        reader.diagnostics.add(.unsetHookVariable(name, at: node.span))
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
