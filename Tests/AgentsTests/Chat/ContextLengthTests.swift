import RuleEngine
import TestSupport
import Testing

@testable import Agents

/// The bytes are those of the servers that the comments name.
@Suite(.timeLimit(.minutes(1)))
struct ContextLengthTests {
  private static let history = (1...4).map {
    HistoryEntry(speaker: "alice", message: "question number \($0)", answer: "answer number \($0)")
  }
  private static let good: [ChatServer.Step] = [.head(), .word("ok"), .finish, .done]

  private static func refusal(_ status: Int, _ body: String) -> [ChatServer.Step] {
    [.head("\(status) Refused", type: "application/json"), .send(body)]
  }

  private static let refusals: [[ChatServer.Step]] = [
    // llama.cpp, older and newer, the latter of which answered with 200 for a while
    refusal(
      400,
      #"{"error":{"code":400,"message":"request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":4390,"n_ctx":4096}}"#
    ),
    refusal(500, #"{"error":{"code":500,"message":"Context size has been exceeded.","type":"server_error"}}"#),
    [
      .head(),
      .event(
        #"{"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size or enable context shift","type":"exceed_context_size_error"}}"#
      ),
    ],
    [
      .head(), .send("error: {\"code\":400}\n\nevent: error\ndata: the request exceeds the available context size\n\n"),
    ],
    // vLLM
    refusal(
      400,
      #"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5001 tokens (4001 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.","type":"BadRequestError","param":null,"code":400}"#
    ),
    refusal(
      400,
      #"{"error":{"message":"The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.","type":"BadRequestError","param":null,"code":400}}"#
    ),
    refusal(
      400,
      #"{"error":{"message":"'max_tokens' or 'max_completion_tokens' is too large: 2000. This model's maximum context length is 4096 tokens and your request has 2104 input tokens (2000 > 4096 - 2104).","type":"BadRequestError","param":"max_tokens","code":400}}"#
    ),
    // Text Generation Inference: a body, and an event
    refusal(
      422,
      #"{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4090 `inputs` tokens and 100 `max_new_tokens`","error_type":"validation"}"#
    ),
    [
      .head(),
      .event(
        #"{"error":"Input validation error: `inputs` must have less than 4095 tokens. Given: 5001","error_type":"validation"}"#
      ),
    ],
    // Gemini, in a list
    refusal(
      400,
      #"[{"error":{"code":400,"message":"The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).","status":"INVALID_ARGUMENT"}}]"#
    ),
    // Bedrock
    refusal(400, #"{"message":"Input is too long for requested model."}"#),
    // OpenAI
    refusal(
      400,
      #"{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#
    ),
    refusal(
      400,
      #"{"error":{"message":"Invalid 'messages[1].content': string too long. Expected a string with maximum length 1048576, but got a string with length 1548590 instead.","type":"invalid_request_error","param":"messages[1].content","code":"string_above_max_length"}}"#
    ),
    // OpenRouter, with the words of its upstream endpoint
    refusal(
      400,
      #"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 209353 tokens > 199999 maximum\"}}","provider_name":"Anthropic"}}}"#
    ),
    // litellm, with 400 and within a stream
    refusal(
      400,
      #"{"error":{"message":"litellm.ContextWindowExceededError: litellm.BadRequestError: OpenAIException - too much","type":null,"param":null,"code":"400"}}"#
    ),
    [
      .head(),
      .event(
        #"{"error":{"message":"litellm.BadRequestError: ContextWindowExceededError: too much","type":"None","param":"None","code":"400"}}"#
      ), .done,
    ],
    // Ollama
    refusal(
      400,
      #"{"error":{"message":"prompt too long; exceeded max context length by 91 tokens","type":"invalid_request_error"}}"#
    ),
    refusal(500, #"{"error":"the input length exceeds the context length"}"#),
    // LM Studio, as an event with a name
    [
      .head(),
      .send(
        "event: error\ndata: {\"error\":{\"message\":\"Trying to keep the first 111490 tokens when context the overflows. However, the model is loaded with context length of only 32768 tokens, which is not enough.\"}}\n\n"
      ),
    ],
    // Mistral, Groq, xAI, Moonshot, Cerebras
    refusal(
      400,
      #"{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_invalid_args","code":"3051"}"#
    ),
    refusal(
      400,
      #"{"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","code":"context_length_exceeded"}}"#
    ),
    refusal(
      400,
      #"{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."}"#
    ),
    refusal(
      400,
      #"{"error":{"message":"Invalid request: Your request exceeded model token limit: 8192","type":"invalid_request_error"}}"#
    ),
    // GitHub Models, a proxy, FastAPI
    refusal(413, #"{"error":{"code":"tokens_limit_reached","message":"Request body too large"}}"#),
    refusal(413, "<html><h1>413 Request Entity Too Large</h1></html>"),
    refusal(
      422, #"{"detail":[{"loc":["body","messages"],"msg":"Requested tokens (2285) exceed context window of 2048"}]}"#),
    refusal(400, "Requested tokens (2285) exceed context window of 2048"),
    // A model that reached its context limit before it wrote anything
    [.head(), .event(#"{"choices":[{"delta":{"content":""},"finish_reason":"model_length"}]}"#), .done],
  ]

  @Test(arguments: refusals)
  func `a request that is too long is repeated once with the newer half of the history`(refusal: [ChatServer.Step])
    async throws
  {
    let server = try ChatServer(inTurn: [refusal, Self.good])
    #expect(try await EndpointQuestion(history: Self.history).ask(server) == "ok")
    let (first, second) = (try await server.request().body, try await server.request().body)
    #expect((1...4).allSatisfy { first.contains("question number \($0)") })
    #expect(!second.contains("number 1") && !second.contains("number 2"))
    #expect(second.contains("question number 3") && second.contains("answer number 4"))
    #expect(first.contains("the question") && second.contains("the question"))
  }

  @Test(arguments: [
    "prompt is too long: 209353 tokens > 199999 maximum",
    "input length and `max_tokens` exceed context limit: 174167 + 64000 > 200000, decrease input length or `max_tokens` and try again",
  ])
  func `a request that is too long for Anthropic is repeated with half of the history`(message: String) async throws {
    let error = #"{"type":"error","error":{"type":"invalid_request_error","message":"\#(message)"}}"#
    let answer = #"{"type":"message","content":[{"type":"text","text":"ok"}],"stop_reason":"end_turn"}"#
    let question = EndpointQuestion(api: .anthropic, history: Self.history)
    for refusal in [Self.refusal(400, error), [.head(), .send("event: error\ndata: \(error)\n\n")]] {
      #expect(try await question.ask(try ChatServer(inTurn: [refusal, [.head(), .send(answer)]])) == "ok")
    }
  }

  @Test func `a second failure for length is reported, and the first if there is no history to cut`() async throws {
    let refusal = Self.refusal(400, #"{"error":{"message":"prompt is too long"}}"#)
    let server = try ChatServer(inTurn: [refusal, refusal, Self.good])
    let failure = try await EndpointQuestion(history: Self.history).failure(server)
    #expect(failure.code == .tooLong && failure.sentence().contains("`!new`"))
    let another = try ChatServer(inTurn: [refusal, Self.good])
    let alone = try await EndpointQuestion().failure(another)
    #expect(!alone.sentence().contains("!new") && alone.sentence().contains("Send less"))
  }

  @Test(arguments: [
    (
      400,
      #"{"error":{"message":"max_tokens is too large: 5000. This model supports at most 4096 completion tokens, whereas you provided 5000.","type":"invalid_request_error","param":"max_tokens","code":"invalid_value"}}"#,
      AgentFailure.Code.refused
    ),
    (
      400,
      #"{"error":{"message":"'max_tokens' or 'max_completion_tokens' is too large: 40000. This model's maximum context length is 32768 tokens and your request has 15 input tokens (40000 > 32768 - 15).","code":400}}"#,
      .refused
    ),
    (
      400,
      #"{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens"}}"#,
      .refused
    ),
    (
      400, #"{"error":{"message":"Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"}}"#, .refused
    ),
    (
      429,
      #"{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 35000. The input or output tokens must be reduced; the prompt is too long.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
      .rateLimited
    ),
    (400, #"{"error":{"message":"Too many tokens per day: context length exceeded"}}"#, .refused),
    (
      400,
      #"{"error":{"message":"Invalid 'user': string too long. Expected a string with maximum length 64.","type":"invalid_request_error","param":"user","code":"string_above_max_length"}}"#,
      .refused
    ),
    (500, #"{"error":{"message":"The file name is too long"}}"#, .brokenEndpoint),
    (504, #"{"error":{"message":"The request took too long"}}"#, .brokenEndpoint),
    (401, #"{"error":{"message":"The key is too long; context length exceeded"}}"#, .unauthorized),
  ])
  func `errors about other limits do not count as too long`(status: Int, body: String, code: AgentFailure.Code)
    async throws
  {
    let server = try ChatServer(Self.refusal(status, body))
    #expect(try await EndpointQuestion(history: Self.history).failure(server).code == code)
    _ = try await server.request()
  }
}
