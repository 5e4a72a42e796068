extension Condition {
  /// What is asked beyond who, where and why, as the file has it: `text.contains: help`. What stands under `not` and `any`
  /// is shown whatever it asks.
  package var further: [String] {
    var rest = self
    rest.triggers = nil
    rest.mention = nil
    rest.channels = nil
    rest.teams = nil
    rest.users = nil
    rest.kinds = nil
    rest.authors = nil
    var keys = CanonicalFields()
    rest.write(to: &keys)
    return keys.lines
  }
}
