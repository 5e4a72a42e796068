/// Numbers in numbered buckets, all in one array.
struct Buckets: Sendable {
  private let starts: [UInt32]
  private let values: [UInt32]

  init(_ pairs: [(bucket: Int, value: Int)], count: Int) {
    var ends = [UInt32](repeating: 0, count: count + 1)
    for pair in pairs { ends[pair.bucket + 1] += 1 }
    for bucket in 0..<count { ends[bucket + 1] += ends[bucket] }
    starts = ends
    var next = ends
    var values = [UInt32](repeating: 0, count: pairs.count)
    for pair in pairs {
      values[Int(next[pair.bucket])] = UInt32(pair.value)
      next[pair.bucket] += 1
    }
    self.values = values
  }

  /// Where the numbers of a bucket stand.
  subscript(bucket: UInt32) -> Range<Int> { Int(starts[Int(bucket)])..<Int(starts[Int(bucket) + 1]) }

  /// The number that stands there.
  subscript(index: Int) -> Int { Int(values[index]) }
}
