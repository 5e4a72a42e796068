internal import CPostgres
internal import Glibc

/// A statement with its values in PostgreSQL's binary format.
struct EncodedCall: Sendable {
  let statement: Statement
  /// The type of each parameter, or 0 for a null.
  private(set) var types: [Oid] = []
  /// All values, one after the other.
  private var bytes: [UInt8] = []
  private var offsets: [Int] = []
  /// -1 for a null.
  private var lengths: [Int32] = []

  /// - Throws: `nulCharacter` or `tooLarge`.
  init(_ call: PostgresBatch.Call) throws(PostgresError) {
    statement = call.statement
    guard call.values.count <= Limits.parametersMax else {
      throw PostgresError(.tooLarge, "a statement has \(call.values.count) parameters")
    }
    for value in call.values {
      offsets.append(bytes.count)
      types.append(value.type)
      if value == .null {
        lengths.append(-1)
      } else {
        try append(value)
        lengths.append(Int32(clamping: bytes.count - (offsets.last ?? 0)))
      }
      guard bytes.count <= Limits.batchBytesMax else { throw PostgresError(.tooLarge, "\(bytes.count) bytes") }
    }
    // A value without bytes needs an address, too.
    bytes.append(0)
  }

  var byteCount: Int { bytes.count }

  /// Calls `body` with the addresses, lengths and formats of the values, as libpq expects them.
  func withParameters<Result>(
    _ body: ([UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Result
  ) -> Result {
    bytes.withUnsafeBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let values = zip(offsets, lengths).map { offset, length -> UnsafePointer<CChar>? in
        guard length >= 0, let start else { return nil }
        return UnsafePointer(start + offset)
      }
      return body(values, lengths, [Int32](repeating: 1, count: values.count))
    }
  }

  // MARK: Encoding

  private mutating func append(_ value: PostgresValue) throws(PostgresError) {
    switch value {
    case .null: break
    case .bool(let value): bytes.append(value ? 1 : 0)
    case .int(let value): append(value)
    case .text(let value): try append(value)
    case .bytes(let value): bytes += value
    case .texts(let values):
      appendHead(ofArray: .text, count: values.count)
      for value in values { try appendElement { (call: inout Self) throws(PostgresError) in try call.append(value) } }
    case .ints(let values):
      appendHead(ofArray: .int8, count: values.count)
      for value in values { appendElement { $0.append(value) } }
    case .bools(let values):
      appendHead(ofArray: .bool, count: values.count)
      for value in values { appendElement { $0.bytes.append(value ? 1 : 0) } }
    }
  }

  private mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
  }

  private mutating func append(_ text: String) throws(PostgresError) {
    var text = text
    let hasNUL = text.withUTF8 { utf8 in
      bytes += utf8
      return utf8.baseAddress.map { memchr($0, 0, utf8.count) != nil } ?? false
    }
    guard !hasNUL else { throw PostgresError(.nulCharacter) }
  }

  /// Appends what precedes the elements of an array, which has one dimension, or none if it is empty (`array_send` in
  /// PostgreSQL's `arrayfuncs.c`).
  private mutating func appendHead(ofArray elementType: Oid, count: Int) {
    append(count == 0 ? Int32(0) : 1)
    // No element is null.
    append(Int32(0))
    append(elementType)
    guard count > 0 else { return }
    append(Int32(clamping: count))
    // The index of the first element.
    append(Int32(1))
  }

  /// Appends an element of an array after its length.
  private mutating func appendElement<Failure: Error>(
    _ append: (inout Self) throws(Failure) -> Void
  ) throws(Failure) {
    let start = bytes.count
    self.append(Int32(0))
    try append(&self)
    let length = Int32(clamping: bytes.count - start - 4)
    withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(start..<start + 4, with: $0) }
  }
}

/// The types that are encoded and decoded, by the ids that they have on every server (`pg_type.dat`).
extension Oid {
  static let bool: Oid = 16
  static let bytea: Oid = 17
  static let name: Oid = 19
  static let int8: Oid = 20
  static let int2: Oid = 21
  static let int4: Oid = 23
  static let text: Oid = 25
  static let varchar: Oid = 1043
  static let boolArray: Oid = 1000
  static let textArray: Oid = 1009
  static let int8Array: Oid = 1016
}

extension PostgresValue {
  fileprivate var type: Oid {
    switch self {
    case .null: 0
    case .bool: .bool
    case .int: .int8
    case .text: .text
    case .bytes: .bytea
    case .texts: .textArray
    case .ints: .int8Array
    case .bools: .boolArray
    }
  }
}
