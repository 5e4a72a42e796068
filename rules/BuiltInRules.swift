/// The rules that edgecrab brings along.
package enum BuiltInRules {
  /// The bytes of `default.yaml`, which stands beside this file: UTF-8.
  package static var yaml: [UInt8] { PackageResources.default_yaml }
}
