/// The answer of an endpoint to the question for its models.
package enum ModelListing: Sendable {
  /// The names of its models, as it sends them: they can be any text.
  case listed([String])
  /// It does not say; this is the reason.
  case unlisted(AgentProbeResult)
}
