/// What the sandbox says that it is: the version whose answers were recorded, with `sandbox` for the build's hash.
enum ServerVersion {
  static let number = "6.7.0"
  /// The form of `X-Version-Id` and of `hello`: version, build number, hash, licensed.
  static let full = "6.7.0..sandbox.false"
}
