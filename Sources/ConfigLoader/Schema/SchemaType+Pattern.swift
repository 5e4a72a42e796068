extension SchemaType {
  /// A regular expression (ECMA 262) that every text of this type matches. It may match others: it is for editors, which
  /// cannot ask the loader.
  var pattern: String {
    switch self {
    case .duration: Self.orVariable(#"[0-9]+[smhd]"#)
    case .rate: Self.orVariable(#"[0-9]+/(s|sec|min|h|hour|day)"#)
    case .size: Self.orVariable(#"[0-9]+[KMG]B"#)
    case .mediaRange: Self.orVariable(#"(\*/\*|[A-Za-z0-9!#$&^_.+-]+/(\*|[A-Za-z0-9!#$&^_.+-]+))"#)
    case .days: Self.orVariable(#"\#(Self.day)(-\#(Self.day))?"#)
    case .hours: Self.orVariable(#"\#(Self.time)-\#(Self.time)"#)
    case .zone: Self.orVariable(#"[A-Za-z0-9_+:/-]+"#)
    case .moment: Self.orVariable(#"[+-]?[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}.*"#)
    case .address: Self.orVariable(#"[Hh][Tt][Tt][Pp][Ss]?://.+"#)
    case .folder: Self.orVariable(#"[~/].*"#)
    case .currency: Self.orVariable("[A-Z]{3}")
    case .prefix: Self.orVariable(##"[!"#$%&'()*+,\-./:;<=>?\[\\\]^_{|}~]"##)
    case .secret: #"^\$\{[A-Za-z_][A-Za-z0-9_]*(:-)?\}$"#
    case .name(.command): Self.orVariable(DeclaredName.command.inner)
    case .name(.agent): Self.orVariable(DeclaredName.plain.inner)
    case .name(.user): Self.orVariable("@?\(Self.onServer)")
    case .name(.channel), .name(.team): Self.orVariable("~?\(Self.onServer)")
    case .names(.user, let groups): Self.orVariable(Self.list(of: Self.each("@", groups: groups)))
    case .names(_, let groups): Self.orVariable(Self.each("~", groups: groups))
    default: Self.something
    }
  }

  /// Where a text holds a variable: `$${` is none.
  static let variable = #"(^|[^$])\$\{"#

  /// A text that says something. It is wider than the loader's idea of white space, about which engines differ.
  private static let something = #"[^ \t\r\n]"#
  private static let day =
    "([Mm][Oo][Nn]|[Tt][Uu][Ee]|[Ww][Ee][Dd]|[Tt][Hh][Uu]|[Ff][Rr][Ii]|[Ss][Aa][Tt]|[Ss][Uu][Nn])"
  private static let time = "([01]?[0-9]|2[0-4]):[0-5][0-9]"
  private static let onServer = "[A-Za-z0-9._:-]+"

  /// A name behind its sign, everyone, or a group.
  private static func each(_ sign: String, groups: Bool) -> String {
    #"\*|\#(sign)?(?!group:)\#(onServer)"# + (groups ? "|group:\(DeclaredName.plain.inner)" : "")
  }

  /// People in one text, between commas and white space.
  private static func list(of name: String) -> String { #"[,\s\u0085]*((\#(name))([,\s\u0085]+|$))+"# }

  /// The whole text, or one that holds a variable: what it comes to is not known here.
  private static func orVariable(_ pattern: String) -> String { "^(\(pattern))$|\(variable)" }
}

extension DeclaredName {
  /// A regular expression for the whole of a name.
  var pattern: String { "^\(inner)$" }

  /// The same without the ends. What is not ASCII is taken as it comes: ECMA 262 tells letters from other signs only with
  /// a flag that schemas do not set.
  fileprivate var inner: String {
    switch self {
    case .plain: #"[^\u0000-,/:-@\[-^`{-\u007F]+"#
    case .command: "[a-z][a-z0-9_-]*"
    }
  }
}
