import ArgumentParser
import ConfigLoader

struct RulesSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print a JSON Schema of the rules language, for editors.",
    discussion: """
      Write it next to your rules, and refer to it in their first line:

        edgecrab rules schema > edgecrab.schema.json

        # yaml-language-server: $schema=edgecrab.schema.json

      Editors with the YAML language server then complete and explain every key.
      """)

  @Flag(help: "Print the tables of keys as Markdown instead.")
  var markdown = false

  func run() {
    Output.result(markdown ? RulesSchema.markdown : RulesSchema.json)
  }
}
