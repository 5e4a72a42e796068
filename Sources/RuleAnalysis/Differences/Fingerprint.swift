import Core
package import RuleEngine

extension RuleSet {
  /// 16 hexadecimal digits that are equal for rule sets without a `RuleSetDifference`, and hardly ever for others; the
  /// `journal` policy and the API keys of agents are left out.
  package var fingerprint: String {
    var hash = FNV()
    for keys in [access.canonicalFields, commands.canonicalFields] { hash.mix(keys) }
    for rule in rules {
      hash.mix(rule.name)
      hash.mix(rule.canonicalFields)
    }
    for (name, keys)
      in (agents.map { ($0.name, $0.canonicalFields) } + commands.bindings.map { ($0.name, $0.canonicalFields) })
      .sorted(by: { $0.0 < $1.0 })
    {
      hash.mix(name)
      hash.mix(keys)
    }
    let digits = String(hash.value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension FNV {
  fileprivate mutating func mix(_ keys: CanonicalFields) { mix(keys.oneLine) }
}
