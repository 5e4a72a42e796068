import Foundation

/// The shape of a JSON value: its keys and the types of their values.
///
/// A map of posts by id is one shape, that of a post; a list is the shapes of its elements, each once.
func shape(_ value: Any?) -> String {
  switch value {
  case let object as [String: Any]:
    let isByID = !object.isEmpty && object.keys.allSatisfy { $0.count == 26 }
    if isByID { return "{id: \(Set(object.values.map(shape)).sorted().joined(separator: " | "))}" }
    return "{\(object.keys.sorted().map { "\($0): \(shape(object[$0]))" }.joined(separator: ", "))}"
  case let array as [Any]: return "[\(Set(array.map(shape)).sorted().joined(separator: " | "))]"
  // Foundation's JSON keeps a truth value as a number of one character.
  case let number as NSNumber: return String(cString: number.objCType) == "c" ? "bool" : "number"
  case is String: return "string"
  default: return "null"
  }
}
