import RuleEngine

extension Values {
  /// A duration in seconds: `45s`, `30m`, `2h`, `1d`; at most a year.
  static let duration: ValueReader<Int> = ValueReader(type: .duration) { node, key, reader in
    guard let text = reader.read(text(as: .duration), node, key) else { return nil }
    guard let seconds = text.seconds else {
      reader.diagnostics.add(.badDuration(text, at: node.span))
      return nil
    }
    return seconds
  }

  /// A rate per second, minute, hour or day: `20/min`.
  static let rate: ValueReader<Rate> = ValueReader(type: .rate) { node, key, reader in
    guard let text = reader.read(text(as: .rate), node, key) else { return nil }
    guard let rate = text.rate else {
      reader.diagnostics.add(.badRate(text, at: node.span))
      return nil
    }
    return rate
  }

  /// Bytes: `500KB`, `20MB`, at most a gigabyte.
  static let size: ValueReader<Int> = ValueReader(type: .size) { node, key, reader in
    guard let text = reader.read(text(as: .size), node, key) else { return nil }
    let units = ["KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30]
    guard let unit = units[String(text.suffix(2))], let count = text.dropLast(2).smallNumber, count * unit <= 1 << 30
    else {
      reader.diagnostics.add(.badSize(text, at: node.span))
      return nil
    }
    return count * unit
  }

  static let limit: ValueReader<LimitPolicy> = ValueReader(type: .section("limit")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Limit.section, key) else { return nil }
    return LimitPolicy(
      perUser: reader.value(Schema.Limit.perUser, in: fields),
      perChannel: reader.value(Schema.Limit.perChannel, in: fields))
  }
}

extension String {
  /// The seconds of a duration: `45s`, `30m`, `2h`, `1d`, at most a year; `nil` if it is not one.
  var seconds: Int? {
    let units = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let unit = last.flatMap({ units[String($0)] }), let count = dropLast().smallNumber,
      count * unit <= 366 * 86_400
    else { return nil }
    return count * unit
  }

  /// The rate that this states, like `20/min`, or `nil` if it is not one.
  var rate: Rate? {
    let units = ["s": 1, "sec": 1, "min": 60, "h": 3_600, "hour": 3_600, "day": 86_400]
    let parts = split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = parts[0].smallNumber, let seconds = units[String(parts[1])] else { return nil }
    return Rate(count: count, seconds: seconds)
  }
}

extension Substring {
  /// A number from 1 to 1,000,000, in digits only.
  fileprivate var smallNumber: Int? {
    guard isDecimal, first?.isNumber == true, let number = Int(self), (1...1_000_000).contains(number) else {
      return nil
    }
    return number
  }
}
