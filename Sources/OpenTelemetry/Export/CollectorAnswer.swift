import Core
import FoundationEssentials

/// The part of a successful answer that says that spans were rejected.
///
/// Specification: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
struct CollectorAnswer {
  let rejected: Int
  /// The collector's message on one line. It may quote the credentials of the request.
  let message: String

  private struct Body: Decodable {
    struct PartialSuccess: Decodable {
      var rejectedSpans: Count?
      var errorMessage: String?
    }

    var partialSuccess: PartialSuccess?
  }

  /// A 64-bit integer, which is a string in JSON; some collectors send a number.
  private struct Count: Decodable {
    let value: Int

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        value = number
      } else {
        value = Int(try container.decode(String.self)) ?? 0
      }
    }
  }

  /// Reads an answer; returns `nil` if it rejects nothing, or is not one.
  init?(_ body: [UInt8]) {
    guard let partial = (try? JSONDecoder().decode(Body.self, from: Data(body)))?.partialSuccess else { return nil }
    let (rejected, message) = (partial.rejectedSpans?.value ?? 0, partial.errorMessage ?? "")
    guard rejected > 0 else { return nil }
    self.rejected = rejected
    self.message = message.singleLine(atMost: Limits.answerBytesMax)
  }
}
