package import ConfigLoader
package import RuleEngine

extension Directory {
  /// The ids of the names that a rule set uses, as far as recorded events tell them.
  package init(learntFrom lines: [EventLine], for ruleSet: RuleSet) {
    var learnt = LearntDirectory(for: ruleSet)
    for line in lines { _ = learnt.learn(line) }
    self = learnt.directory
  }
}
