import ArgumentParser
import ConfigLoader

struct RulesSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the language as a JSON Schema, which editors use.",
    discussion: """
      Write it beside your rules, and name it in their first line:

        edgecrab rules schema > edgecrab.schema.json

        # yaml-language-server: $schema=edgecrab.schema.json

      Editors with the YAML language server then complete and explain every key.
      """)

  @Flag(help: "Print the tables of keys in Markdown instead.")
  var markdown = false

  func run() {
    Output.result(markdown ? RulesSchema.markdown : RulesSchema.json)
  }
}
