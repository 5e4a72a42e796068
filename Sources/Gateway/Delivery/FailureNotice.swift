import Logging
import MattermostIO

/// What is said instead of a reply that cannot be posted: posted once, however often that has to be tried.
struct FailureNotice {
  private var part: ReplyChunk
  private var place: PostState

  /// - Parameter name: names it for good.
  init(_ text: String, named name: String, isResumed: Bool) {
    part = ReplyChunk(text, first: name)
    place = isResumed ? .unsure : .nowhere
  }

  mutating func post(to target: ReplyTarget, by poster: Outbox) async throws(MattermostError) {
    if place == .unsure { place = try await poster.find(part, in: target) }
    do throws(MattermostError) {
      place = .at(post: try await poster.put(&part, place, in: target), text: part.text)
    } catch {
      if error.mayHaveSucceeded { place = .unsure }
      throw error
    }
  }

  /// Deletes what was said.
  mutating func takeBack(by poster: Outbox) async {
    guard case .at(let post, _) = place else { return }
    place = .unsure
    do throws(MattermostError) {
      try await poster.client.delete(post)
    } catch {
      poster.logger.warning("word about a refused post not taken back", metadata: ["reason": "\(error)"])
    }
  }
}
