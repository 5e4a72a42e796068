import ArgumentParser
import ConfigLoader

/// A user name, for `--bot`.
struct BotNameArgument: ExpressibleByArgument {
  let name: String

  init?(argument: String) {
    guard let name = AssumedBot.name(argument) else { return nil }
    self.name = name
  }
}
