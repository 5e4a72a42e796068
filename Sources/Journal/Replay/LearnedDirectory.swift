import ConfigLoader
import Core
import RuleEngine

/// The ids of names, learnt from recorded events: a replay asks no server.
struct LearnedDirectory {
  private(set) var directory = NameDirectory()
  private let wanted: ReferencedNames

  /// Learns only names that the rules use.
  init(for ruleSet: RuleSet) { wanted = ReferencedNames(in: ruleSet) }

  /// Takes in what an event says; tells whether anything was new.
  mutating func learn(_ line: EventLine) -> Bool {
    let event = line.event
    var isNew = false
    if event.user.id != event.user.name, wanted.users.contains(event.user.name) {
      isNew = directory.users.updateValue(event.user.id, forKey: event.user.name) != event.user.id
    }
    let channel = event.channel
    if channel.id != channel.name, wanted.channels.contains(channel.name) {
      isNew = directory.channels[channel.name, default: []].insert(channel.id).inserted || isNew
    }
    if let team = line.teamName, team != event.team, wanted.teams.contains(team) {
      isNew = directory.teams.updateValue(event.team, forKey: team) != event.team || isNew
    }
    return isNew
  }

  /// An event that was written by hand, without ids, among recorded ones: its names mean the recorded ids.
  func resolved(_ event: Event) -> Event {
    var event = event
    if event.user.id == event.user.name, let id = directory.users[event.user.name] { event.user.id = id }
    if event.channel.id == event.channel.name, let id = directory.channels[event.channel.name]?.min() {
      event.channel.id = id
    }
    if let id = directory.teams[event.team] { event.team = id }
    return event
  }
}
