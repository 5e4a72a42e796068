/// The rules that edgecrab brings along.
public enum BuiltInRules {
  /// The bytes of `default.yaml`, which stands beside this file: UTF-8.
  public static var yaml: [UInt8] { PackageResources.default_yaml }
}
