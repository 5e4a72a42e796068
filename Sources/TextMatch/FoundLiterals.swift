internal import CTextScan

/// What a pass over a text has found since it was last asked.
package struct FoundLiterals {
  var literals = InlineArray<64, UInt32>(repeating: 0)
  var progress = text_progress()
  /// How many there are.
  package internal(set) var count = 0

  var isOver: Bool { progress.is_over }

  /// The pass that begins.
  package init() {}

  /// A literal's number.
  package subscript(index: Int) -> UInt32 { literals[index] }
}
