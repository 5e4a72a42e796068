/// Files that are too large for the repository. Their reports are beside the others.
extension Golden {
  static let generated = [
    Golden(
      name: "file-too-large.yaml", expected: ["E0101 at 1:1"],
      text: String(repeating: "version: 1 # and so on\n", count: 400_000)),
    Golden(
      name: "too-many-variables.yaml", expected: ["E0226 at 4:10"],
      environment: ["MEGABYTE": String(repeating: "x", count: 1 << 20)],
      text: """
        version: 1
        rules:
          - name: talk
            say: "\(String(repeating: "${MEGABYTE}", count: 9))"

        """),
    Golden(
      name: "too-many-expressions.yaml", expected: ["E0227 at 10004:9"],
      text: "version: 1\nrules:\n  - { name: talk, ignore: true, when: { text: { matches: [\n"
        + (0...10_000).map { "        x\($0),\n" }.joined() + "      ] } } }\n"),
    Golden(name: "undecided-rules.yaml", expected: ["W0208 at 409:5"], text: pigeons),
    Golden(
      name: "too-many-tests.yaml", expected: ["W0302 at 7105:7"],
      text: "version: 1\nagents: { echo: { type: echo } }\nrules:\n"
        + (1..<7_100).map { "  - { name: r\($0), when: { channel: c\($0) }, ignore: true }\n" }.joined()
        + "  - { name: talk, when: { trigger: [mention, dm] }, agent: echo }\ntests:\n"
        + (1...7_100).map { "  - { name: t\($0), given: { text: hi }, expect: { rule: talk } }\n" }.joined()),
  ]

  /// The pigeonhole principle as rules: ten pigeons in nine holes, and a rule for each pair in one hole. To prove that
  /// nothing reaches the last rule takes exponential time.
  private static var pigeons: String {
    let (pigeons, holes) = (0..<10, 0..<9)
    func text(_ pigeon: Int, _ hole: Int) -> String { "p\(pigeon)h\(hole)" }
    let pairs = holes.flatMap { hole in
      pigeons.flatMap { pigeon in
        (0..<pigeon).map { other in
          "  - { name: \(text(pigeon, hole))p\(other), ignore: true, "
            + "when: { text: \(text(pigeon, hole)), any: { text: \(text(other, hole)) } } }\n"
        }
      }
    }
    let all = pigeons.reversed().reduce("{ trigger: [mention, dm] }") { others, pigeon in
      "{ text: [\(holes.map { text(pigeon, $0) }.joined(separator: ", "))], any: \(others) }"
    }
    return "version: 1\nagents: { echo: { type: echo } }\nrules:\n" + pairs.joined()
      + "  - name: last\n    agent: echo\n    when: \(all)\n"
  }
}
