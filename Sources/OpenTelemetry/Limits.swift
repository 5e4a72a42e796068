/// Bounds of the export of traces, each with its reason.
enum Limits {
  /// Most spans that may wait: some hundred bytes each.
  static let queueMax = 65_536

  /// Longest times that the variables may set, in milliseconds: a day is as good as forever.
  static let millisecondsMax = 86_400_000

  /// Bytes of a collector's answer: a count and a sentence.
  static let answerBytesMax = 64 * 1024

  /// Unicode scalars of a collector's message in the log.
  static let messageScalarsMax = 200

  /// The pauses before a batch is sent again, which double from the first to the longest. See the OTLP specification,
  /// section "Retryable Response Codes".
  static let pauseFirst = Duration.seconds(1)
  static let pauseMax = Duration.seconds(30)

  /// Time between two lines of the log about spans that were not exported.
  static let reportInterval = Duration.seconds(60)

  /// Time for the last spans when the gateway ends.
  static let endTime = Duration.seconds(2)

  /// Resource attributes, and the bytes of all of them: each batch has them.
  static let resourceAttributesMax = 64
  static let resourceBytesMax = 8 * 1024

  /// Headers of a request.
  static let headersMax = 32
}
