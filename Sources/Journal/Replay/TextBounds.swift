import Core
import RuleEngine

/// Decides events whose text was not kept, where their text does not matter.
///
/// The rules are compiled twice without their text conditions, once as if each held and once as if none did; what both
/// decide alike is decided for any text.
struct TextBounds {
  private let ruleSet: RuleSet
  private let lower: CompiledRules
  private let upper: CompiledRules

  /// Compiles both; `matches` is for each rule whether it is known to match, or not to.
  init(_ ruleSet: RuleSet, _ directory: NameDirectory, matches: [Bool?]?) throws(RuleSetError) {
    self.ruleSet = ruleSet
    lower = try CompiledRules(ruleSet.withoutText { matches?[$0] ?? false }, directory: directory)
    upper = try CompiledRules(ruleSet.withoutText { matches?[$0] ?? true }, directory: directory)
  }

  /// The decision, or nil where it depends on the text. Of the shadow rules it names those that match for certain.
  func decide(_ event: Event) -> Decision? {
    let certain = lower.decide(event)
    return Verdict(certain, in: ruleSet) == Verdict(upper.decide(event), in: ruleSet) ? certain : nil
  }
}
