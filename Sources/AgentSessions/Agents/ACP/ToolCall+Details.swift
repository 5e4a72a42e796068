import Core

extension ToolCall {
  /// Everything that is known of it beside its title, for people who decide on it: where it works, what the agent shows of
  /// it, what the tool is given.
  var details: [PermissionRequest.Detail] {
    let places = locations.map { place in
      let line = place["line"]?.int.map { ":\($0)" } ?? ""
      return (place["path"]?.string ?? place.text) + line
    }
    let input: String? = if case .null = rawInput { nil } else { rawInput.sorted.lines }
    return [places.isEmpty ? nil : PermissionRequest.Detail(places.joined(separator: "\n"))].compactMap(\.self)
      + content.map(Self.detail) + [input.map { PermissionRequest.Detail(String($0.dropLast())) }].compactMap(\.self)
  }

  /// The changes that it makes to files, each as a unified diff.
  var diffs: [String] { content.compactMap(Self.diff) }

  private static func detail(of item: JSON) -> PermissionRequest.Detail {
    if let diff = diff(of: item) { return PermissionRequest.Detail(diff, isDiff: true) }
    guard item["type"]?.string == "content", let block = item["content"] else {
      return PermissionRequest.Detail(item.sorted.text)
    }
    if let text = block["text"]?.string ?? block["resource"]?["text"]?.string { return PermissionRequest.Detail(text) }
    // Of an image, people are told that there is one: nothing runs because of it.
    guard let data = block["data"]?.string ?? block["resource"]?["blob"]?.string else {
      return PermissionRequest.Detail(block.sorted.text)
    }
    let type = block["mimeType"]?.string ?? block["resource"]?["mimeType"]?.string ?? "a file"
    return PermissionRequest.Detail("[\(type), \(data.utf8.count) characters of base64]")
  }

  private static func diff(of item: JSON) -> String? {
    guard item["type"]?.string == "diff" else { return nil }
    return UnifiedDiff(
      path: item["path"]?.string ?? "", old: item["oldText"]?.string, new: item["newText"]?.string ?? ""
    ).text
  }
}
