/// Words that people write where the language has another, too far from it to be a slip of spelling.
enum Synonyms {
  /// What may be meant by a word: the first that the key takes.
  private static let meanings: [String: [String]] = [
    "all": ["message", "channel-wide"],
    "always": ["message"],
    "any": ["message"],
    "app": ["bot"],
    "azure": ["openai"],
    "bash": ["exec"],
    "channels": ["public"],
    "channel": ["public", "channel-wide"],
    "chat": ["openai"],
    "chatgpt": ["openai"],
    "claude": ["anthropic"],
    "claude-code": ["acp"],
    "command": ["exec"],
    "deepseek": ["openai"],
    "direct": ["dm", "user"],
    "dm": ["direct", "user"],
    "dry-run": ["shadow"],
    "dryrun": ["shadow"],
    "gemini": ["openai"],
    "gpt": ["openai"],
    "gm": ["group"],
    "keyword": ["message"],
    "litellm": ["openai"],
    "llama": ["openai"],
    "llamacpp": ["openai"],
    "lmstudio": ["openai"],
    "local": ["openai"],
    "mistral": ["openai"],
    "off": ["shadow"],
    "ollama": ["openai"],
    "open": ["public"],
    "openai-compatible": ["openai"],
    "openrouter": ["openai"],
    "people": ["human"],
    "person": ["human"],
    "post": ["message"],
    "program": ["exec"],
    "regex": ["message"],
    "root": ["channel"],
    "script": ["exec"],
    "shell": ["exec"],
    "slash": ["command"],
    "stop": ["interrupt"],
    "test": ["shadow"],
    "text": ["message"],
    "user": ["human", "dm"],
    "vllm": ["openai"],
    "wait": ["queue"],
  ]

  static func meaning(of word: String, among words: [String]) -> String? {
    // `@edgecrab` as a trigger is a mention.
    if word.hasPrefix("@"), words.contains("mention") { return "mention" }
    return meanings[word.lowercased()]?.first(where: words.contains)
  }
}
