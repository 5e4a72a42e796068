extension Duration {
  /// Returns a pause that doubles with every consecutive failure, from `first` to `longest`.
  package static func backoff(_ first: Duration, _ longest: Duration, failures: Int) -> Duration {
    min(first * (1 << min(max(failures - 1, 0), 20)), longest)
  }
}
