internal import CPostgres

/// A batch or a script on its way through a connection, with what has been received of its result.
final class Exchange {
  enum Content: Sendable {
    case batch([EncodedCall])
    case script(String)
  }

  /// A part of the exchange that has results of its own. Each ends with a `nil` of libpq, but for `sync`.
  enum Step {
    case preparation(PreparedStatement)
    /// `nil` for a statement that was not prepared.
    case execution(PreparedStatement?)
    case script
    /// The end of a batch, where it is committed.
    case sync
  }

  typealias Outcome = Result<[[PostgresRow]], PostgresError>

  private(set) var content: Content
  private let outcome: CheckedContinuation<Outcome, Never>

  /// The steps that were sent and not answered yet, in order.
  var steps: ArraySlice<Step> = []
  private var results: [[PostgresRow]] = []
  private var rowCount = 0
  private var byteCount = 0
  /// The first error of the server.
  private var refusal: PostgresError?
  /// True if rows are discarded because they exceed their limit.
  private(set) var isTooLarge = false

  init(_ content: Content, _ outcome: CheckedContinuation<Outcome, Never>) {
    self.content = content
    self.outcome = outcome
  }

  /// Releases the values, of which libpq has a copy after they are sent.
  func releaseValues() { if case .batch = content { content = .batch([]) } }

  /// Begins the results of the next execution.
  func beginResult() { results.append([]) }

  /// Appends rows to the result of the current execution.
  func receiveRows(of result: LibpqResult, limits: PostgresLimits) {
    for index in 0..<result.rowCount where !isTooLarge {
      let (row, bytes) = result.row(index)
      rowCount += 1
      byteCount += bytes
      isTooLarge = rowCount > limits.rowsMax || byteCount > limits.resultBytesMax
      if isTooLarge { results = [] } else { results[results.count - 1].append(row) }
    }
  }

  func refuse(_ error: PostgresError) { refusal = refusal ?? error }

  /// Ends the exchange, which the server has answered.
  func finish() {
    outcome.resume(
      returning: refusal.map { .failure($0) }
        ?? (isTooLarge ? .failure(PostgresError(.resultTooLarge)) : .success(results)))
  }

  /// Ends the exchange with the error of its connection, unless the server has refused it before.
  func fail(_ error: PostgresError) { outcome.resume(returning: .failure(refusal ?? error)) }
}
