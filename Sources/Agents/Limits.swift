/// The limits of this target, each with its reason: nothing that a person, an agent or an endpoint sends grows beyond
/// them.
enum Limits {
  // MARK: Requests

  /// Unicode scalars of an author's name. Account names are shorter; those from remote servers are somewhat longer.
  static let speakerScalarsMax = 128

  /// Bytes of an image: 5 MB in base64, the most that Anthropic accepts, and more than any model looks at.
  static let imageBytesMax = 3_750_000

  /// Bytes of a text file: about 64,000 tokens, the context window of a mid-sized model.
  static let textFileBytesMax = 256 * 1024

  /// Bytes of all files of a request together.
  static let filesBytesShown = 10 * 1024 * 1024

  // MARK: Responses

  /// Files of a response: five posts of them. Beyond it, a channel is being flooded.
  static let answerFilesMax = 50

  /// Unicode scalars of a file's path, and of a link, that people are shown.
  static let pathScalarsShown = 120
  static let linkScalarsShown = 500

  /// Unicode scalars of a step: one line, or two.
  static let stepScalarsShown = 120

  /// Tokens of a response that an endpoint is believed: a thousand times the largest context window, and far below the
  /// sums that would overflow in the store.
  static let tokensMax = 1_000_000_000

  /// Clamps a number of tokens. A sum that overflows in the store would prevent the turn from being recorded, and so
  /// have it answered twice.
  static func credible(_ tokens: Int) -> Int { min(max(tokens, 0), tokensMax) }

  // MARK: Endpoints

  /// Bytes of a line of an event stream. One token takes a few hundred bytes; a complete response in one event fits.
  static let streamLineBytesMax = 1024 * 1024

  /// Bytes of a response that is not streamed, which is buffered.
  static let wholeAnswerBytesMax = 16 * 1024 * 1024

  /// Bytes that an endpoint may send for one response, of which only the response is stored. A model that reasons for
  /// an hour sends some hundred thousand events of half a kilobyte.
  static let exchangeBytesMax = 512 * 1024 * 1024

  /// Nesting of an endpoint's JSON. Ten levels are read at most, and each takes stack.
  static let jsonNestingMax = 32

  /// Bytes at the beginning of a response that are held back because they may be blanks before a reasoning tag.
  static let reasoningBytesHeld = 4 * 1024

  /// Bytes of an error's body that are read. FastAPI's repeat the request once for each mistake in it.
  static let errorBodyBytesMax = 1024 * 1024

  /// Unicode scalars of an error message that are logged.
  static let detailScalarsMax = 300

  /// Unicode scalars of an error message that are searched for its meaning.
  static let errorWordsMax = 4 * 1024

  /// Bytes of an error message that count as a quotation of the conversation: two or three words. Shorter pieces occur
  /// in any sentence, and redacting them would leave nothing to read.
  static let quotationBytesMin = 12

  // MARK: Retries

  /// The pause before the first retry, and the factor for each further one: people are waiting.
  static let retryPauseFirst = Duration.seconds(1)
  static let retryPauseGrowth = 4

  /// The longest pause, also if an endpoint asks for more: after a minute, people have given up.
  static let retryPauseMax = Duration.seconds(60)

  // MARK: Programs

  /// Rows and columns of the terminal that a program can overwrite: more than any terminal has.
  static let terminalRowsMax = 100
  static let terminalColumnsMax = 4_096

  /// Unicode scalars of a string in a control sequence, such as a link's address, before it counts as unterminated:
  /// browsers accept addresses of this length.
  static let terminalStringMax = 8_192

  /// Bytes of the parameters of a control sequence: a colour has about twenty.
  static let terminalParametersMax = 256

  /// Nesting of the folders that are searched for files of a response, and how many names in all: a directory of pages,
  /// not a checkout.
  static let outFoldersDepthMax = 8
  static let outNamesMax = 1_000

  /// Bytes of a line of standard error before it is split: lines for people are shorter.
  static let errorLineBytesMax = 8 * 1024

  /// Lines of standard error that are logged for one request; the rest is counted.
  static let errorLinesLogged = 200

  /// The last lines of standard error that are logged with a failure: the cause is at the end.
  static let errorLinesShown = 10

  /// Bytes of a secret; shorter values, such as `1` or `on`, occur in any text.
  static let secretBytesMin = 4

  /// Bytes of a script's first line that the kernel reads (`BINPRM_BUF_SIZE`).
  static let firstLineBytesMax = 256

  // MARK: Agent Client Protocol

  /// Bytes of a message: an escaped text file of `acpFileBytesMax` fits.
  static let rpcLineBytesMax = 16 * 1024 * 1024

  /// Messages that wait until the program reads them. The longest are files that it asked for.
  static let rpcLinesWaitingMax = 32

  /// Lines that are not messages, before the program counts as one that does not speak the protocol.
  static let rpcBadLinesMax = 100

  /// Requests of a program that are handled at once, each of up to `rpcLineBytesMax`.
  static let rpcRequestsMax = 8

  /// Bytes of a file that is read for an agent.
  static let acpFileBytesMax = 1024 * 1024

  /// Bytes of the images, recordings and files of one response: more than a dozen photographs.
  static let acpMediaBytesMax = 64 * 1024 * 1024

  /// Bytes of a session's id.
  static let acpSessionBytesMax = 1024

  /// Tool calls of a response that are tracked, and their bytes together: a call that writes a file holds its text.
  static let acpToolCallsMax = 256
  static let acpToolCallBytesMax = 16 * 1024 * 1024

  /// Bytes of a tool call's id, and how many ids of evicted calls are stored.
  static let acpToolCallIDBytesMax = 1024
  static let acpForgottenToolCallsMax = 4_096

  /// Commands, and values of a setting, that an agent may announce, and bytes of a command's name: people read the
  /// list.
  static let acpOffersMax = 100
  static let acpOfferNameBytesMax = 64

  /// Sessions of a program whose controls are stored: a program has one, and another after a retry.
  static let acpOfferingSessionsMax = 4

  /// The time for an agent to change a setting: it only changes a value, and a person waits.
  static let acpChoiceTime = Duration.seconds(10)

  /// Conversations whose selections are stored.
  static let acpChoicesMax = 1_000

  /// Answers to a permission request, a digit each.
  static let acpOptionsMax = 9

  /// Unicode scalars of a file's name in a prompt.
  static let acpTitleScalarsMax = 300

  /// The time for an agent to stop before it is ended. People are promised that stopping takes less than a second.
  static let acpCancelTime = Duration.milliseconds(400)

  /// The time for which an idle agent keeps running. Starting it takes seconds, keeping it some hundred megabytes.
  static let acpRestTime = Duration.seconds(10 * 60)

  /// Idle agents that keep running.
  static let acpRestingMax = 16

  // MARK: Checks

  /// Agents that are checked at once: each takes a connection or a program.
  static let probesMax = 8

  /// The time for an endpoint's list of models, and its bytes: a router's list of hundreds of models with descriptions
  /// has half a megabyte.
  static let probeTime = Duration.seconds(10)
  static let modelListBytesMax = 8 * 1024 * 1024

  /// Models that a result names, and Unicode scalars of each.
  static let modelsShownMax = 5
  static let modelScalarsShown = 80

  /// The time for a program to answer `initialize`: those in Python or JavaScript take seconds to start.
  static let greetingTime = Duration.seconds(20)

  /// Unicode scalars of a program's text in a result.
  static let diagnosticScalarsMax = 400
}
