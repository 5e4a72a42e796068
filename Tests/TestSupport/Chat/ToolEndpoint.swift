import Foundation

/// An OpenAI-compatible chat endpoint on loopback for agents with tools. It answers the first request with a call of
/// the shell tool, and all others with a final text. Each answer has a usage of 11 input tokens and 3 output tokens.
package struct ToolEndpoint: Sendable {
  /// The base URL of the API, for the configuration of an agent.
  package let url: String
  /// The final text.
  package static let answer = "All done."

  /// Starts an endpoint that makes agents run `command`.
  package init(command: String) throws {
    let server = try TestServer { peer in
      guard let request = peer.readRequest() else { return }
      guard request.target.hasPrefix("POST") else {
        return peer.respond(
          "200 OK", headers: Self.json, body: #"{"object":"list","data":[{"id":"test","object":"model"}]}"#)
      }
      let asked = (try? JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any]) ?? [:]
      let choice = Self.choice(asked, command: command)
      if asked["stream"] as? Bool == true {
        peer.send(Array(("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n").utf8))
        for chunk in Self.chunks(of: choice) { peer.send(Array("data: \(chunk)\n\n".utf8)) }
      } else {
        peer.respond("200 OK", headers: Self.json, body: Self.whole(choice))
      }
    }
    url = "\(server.url)/v1"
  }

  private struct Choice {
    var message: String
    var reason: String
  }

  /// Calls the shell tool of the agent, if it has one, until there is the result of a tool.
  private static func choice(_ asked: [String: Any], command: String) -> Choice {
    let tools = (asked["tools"] as? [[String: Any]] ?? []).compactMap {
      ($0["function"] as? [String: Any])?["name"] as? String
    }
    let hasResult = (asked["messages"] as? [[String: Any]] ?? []).contains { $0["role"] as? String == "tool" }
    guard !hasResult, let shell = tools.first(where: { ["bash", "terminal"].contains($0) }) else {
      return Choice(message: #"{"role":"assistant","content":"\#(answer)"}"#, reason: "stop")
    }
    let call =
      #"{"index":0,"id":"call_1","type":"function","function":{"name":"\#(shell)","arguments":"{\"command\":\"\#(command)\"}"}}"#
    return Choice(message: #"{"role":"assistant","content":null,"tool_calls":[\#(call)]}"#, reason: "tool_calls")
  }

  private static func chunks(of choice: Choice) -> [String] {
    let head = #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"test","choices":"#
    return [
      #"\#(head)[{"index":0,"delta":\#(choice.message),"finish_reason":null}]}"#,
      #"\#(head)[{"index":0,"delta":{},"finish_reason":"\#(choice.reason)"}]}"#, #"\#(head)[],"usage":\#(usage)}"#,
      "[DONE]",
    ]
  }

  private static func whole(_ choice: Choice) -> String {
    #"{"id":"c","object":"chat.completion","created":1,"model":"test","usage":\#(usage),"#
      + #""choices":[{"index":0,"message":\#(choice.message),"finish_reason":"\#(choice.reason)"}]}"#
  }

  private static let usage = #"{"prompt_tokens":11,"completion_tokens":3,"total_tokens":14}"#
  private static let json = ["Content-Type: application/json", "Connection: close"]
}
