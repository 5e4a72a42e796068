/// A JSON value as chat endpoints write it, which is not always RFC 8259: a number may be `NaN`, and a text may hold one
/// half of a surrogate pair whose other half comes with the next event.
enum LenientJSON: Equatable {
  /// `null`, and whatever is no value of RFC 8259 but can be passed over: `NaN`, `Infinity`, what is nested too deep.
  case null
  case bool(Bool)
  case number(Double)
  case text(UTF16String)
  case list([LenientJSON])
  case map([String: LenientJSON])
}

/// A text of a JSON value, in the UTF-16 code units that its escapes name.
struct UTF16String: Equatable {
  var units: [UInt16] = []

  init(_ units: [UInt16]) { self.units = units }

  init(_ text: String) { units = Array(text.utf16) }

  /// The text; each half of a pair without the other one becomes U+FFFD.
  var string: String { String(decoding: units, as: UTF16.self) }
}

extension LenientJSON {
  /// The value of a map's key; `nil` if this is not a map, has no such key, or has `null` there.
  subscript(key: String) -> LenientJSON? {
    guard case .map(let members) = self, let value = members[key], value != .null else { return nil }
    return value
  }

  var map: [String: LenientJSON]? { if case .map(let members) = self { members } else { nil } }

  var list: [LenientJSON]? { if case .list(let values) = self { values } else { nil } }

  var text: UTF16String? { if case .text(let text) = self { text } else { nil } }

  /// The text, or `nil` if this is none or says nothing.
  var words: String? {
    guard let string = text?.string, !string.isEmpty else { return nil }
    return string
  }

  /// The whole number next to this one, within what 64 bits hold; `nil` if this is not a number.
  var int: Int? {
    guard case .number(let number) = self, !number.isNaN else { return nil }
    if number >= Double(Int.max) { return .max }
    return number <= Double(Int.min) ? .min : Int(number)
  }

  /// A number or a text as text: many endpoints write a code now as the one, now as the other.
  var name: String? { words ?? int.map { "\($0)" } }
}
