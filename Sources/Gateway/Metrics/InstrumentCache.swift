import Synchronization

/// The instruments of one metric by the values of their labels, each made when it is first used.
///
/// Making an instrument compares texts and allocates memory; finding it again hashes the key.
final class InstrumentCache<Key: Hashable & Sendable, Instrument: Sendable>: Sendable {
  private let instruments = Mutex<[Key: Instrument]>([:])
  private let make: @Sendable (Key) -> Instrument

  init(_ make: @escaping @Sendable (Key) -> Instrument) { self.make = make }

  subscript(key: Key) -> Instrument {
    instruments.withLock { instruments in
      if let known = instruments[key] { return known }
      // Names that are gone from the rules are forgotten; the metric itself stays.
      if instruments.count >= Limits.instrumentsCached { instruments.removeAll() }
      let new = make(key)
      instruments[key] = new
      return new
    }
  }
}
