package import FoundationEssentials

/// The state of the store's files.
package enum StoreCondition: Sendable, Equatable {
  /// They are as they were opened.
  case sound
  /// They were deleted and have been written again from the open ones: nothing is lost.
  case restored(at: Date)
  /// They were deleted and cannot be written again, so no messages are accepted.
  case deleted(since: Date, StoreError)
  /// Another file has taken the store's place.
  case replaced(StoreError)
}
