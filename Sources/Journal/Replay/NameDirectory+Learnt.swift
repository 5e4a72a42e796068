package import ConfigLoader
package import RuleEngine

extension NameDirectory {
  /// The ids of the names that a rule set uses, as far as recorded events tell them.
  package init(learnedFrom lines: [EventLine], for ruleSet: RuleSet) {
    var learnt = LearnedDirectory(for: ruleSet)
    for line in lines { _ = learnt.learn(line) }
    self = learnt.directory
  }
}
