import ConfigLoader
import Core
import FoundationEssentials
import Journal
import RuleEngine
import RulesTools
import Sandbox
import ServerLookup
import Synchronization

/// Explains the posts of a sandbox to its page: those in the journal of its gateway as `rules explain --post` does, the
/// others as `rules explain --online` does.
final class SandboxExplainer: Sendable {
  private let address: WebAddress
  private let token: Secret
  /// The home of the gateway; `nil` if none runs in this process.
  private let home: String?
  private let rules = Mutex<RuleSet?>(nil)

  init(address: WebAddress, token: Secret, home: String?) {
    self.address = address
    self.token = token
    self.home = home
  }

  /// Explains by these rules from now on.
  func use(_ ruleSet: RuleSet) { rules.withLock { $0 = ruleSet } }

  func explain(_ post: SandboxPost) async -> String {
    guard let ruleSet = rules.withLock({ $0 }) else { return "There are no rules yet." }
    do {
      let lines = try recorded(post)
      if !lines.isEmpty { return try Self.text(lines, by: ruleSet) }
      return try await explainUnrecorded(post, by: ruleSet)
    } catch {
      return "\(error)"
    }
  }

  /// Returns the entries of a post in the journal: one for each edit, oldest first.
  private func recorded(_ post: SandboxPost) throws(JournalError) -> [EventLine] {
    guard let home else { return [] }
    do throws(JournalError) {
      return try JournalFile(reading: Environment.journalPath(in: home)).events(ofPost: PostID(post.id))
    } catch {
      // The file does not exist before the gateway runs.
      guard error.code == .missing else { throw error }
      return []
    }
  }

  private static func text(_ lines: [EventLine], by ruleSet: RuleSet) throws(RuleSetError) -> String {
    var explainer = try EventExplainer(ruleSet, of: lines)
    var texts: [String] = []
    for line in lines { texts.append(try explainer.explain(line).text(.plain)) }
    return texts.joined(separator: "\n")
  }

  private func explainUnrecorded(_ post: SandboxPost, by ruleSet: RuleSet) async throws -> String {
    if post.type.hasPrefix("system_") { return "The server wrote this: no rule is tried." }
    guard post.botMayRead else { return "The bot is not in this channel and cannot read the post: no rule is tried." }
    let fetched = try await FetchedPost.fetch(
      PostID(post.id), at: address, token: token, for: ruleSet, home: home, logger: .quiet)
    let text = try ExplanationReport(fetched, by: ruleSet, isWhole: false).text(.plain)
    if fetched.event.author == .own || !fetched.isMember { return text }
    return text + (home == nil ? Self.withoutGateway : Self.notRecorded)
  }

  private static let withoutGateway = """
    No gateway runs in this sandbox: this is how these rules decide the post.

    """
  private static let notRecorded = """
    The gateway has not recorded this post: it has not received it yet, or the post was
    too old. This is how the rules decide it.

    """
}
