extension String {
  /// Whether it is a channel's name that is made of ids, by which people do not know the channel: that of a direct
  /// channel is two ids around `__`, that of a group channel 40 hexadecimal digits.
  package var isChannelNameOfIDs: Bool { contains("__") || utf8.count == 40 }
}
