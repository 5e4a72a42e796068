import Testing

@testable import Gateway

@Suite struct FIFOCacheTests {
  @Test func `at least the last keys are kept, however often an older one is set`() {
    var cache = FIFOCache<String, Int>(keeping: 2)
    for (value, key) in ["a", "b", "a", "c", "a"].enumerated() { cache[key] = value }
    #expect(cache["a"] == 4 && cache["b"] == 1 && cache["c"] == 3)
    cache["d"] = 5
    #expect(cache["a"] == nil && cache["b"] == nil && cache["c"] == 3 && cache["d"] == 5)
    #expect(cache.updateValue(6, forKey: "c") == 3 && cache.updateValue(7, forKey: "e") == nil)
    #expect(cache.values.sorted() == [5, 6, 7])
  }
}
