/// Every bound of this room, with its reason. Nothing that a user, an agent or an endpoint sends may grow past these.
enum Limits {
  // MARK: What an agent is given

  /// The most exchanges of a conversation that are kept, and the most bytes of them that are read for a question: as much
  /// as the largest `history` of an agent has room for. What of it an agent is shown is its `history`.
  static let historyExchangesMax = 500
  static let historyBytesMax = 4 * 1024 * 1024

  /// The most Unicode scalars of a speaker's name: accounts' names are shorter, those from other servers some longer.
  static let speakerScalarsMax = 128

  // MARK: What an agent may give back

  /// The most bytes of one answer, about 30 posts of the default length: past it, a channel is being flooded.
  static let answerBytesMax = 128 * 1024

  /// The most files of one answer, five posts of them: past it, a channel is being flooded.
  static let answerFilesMax = 50

  /// The most Unicode scalars of a file's path, and of a link, that people are shown.
  static let pathScalarsShown = 120
  static let linkScalarsShown = 500

  // MARK: An agent's work as people see it

  /// How many steps of an answer are known one by one, for what becomes of them; of earlier ones, their ends are counted.
  static let workStepsMax = 256

  /// Of how many earlier steps that had not ended it is still awaited how they end.
  static let workStepsAwaitedMax = 1_024

  /// How many of the latest steps are shown while the agent works, and how many failed ones the finished answer names.
  static let workStepsShown = 5
  static let failedStepsShown = 3

  /// How many entries of a plan are shown: a screen.
  static let planEntriesShown = 20

  /// Unicode scalars of a step, an entry of a plan, and of the newest of what an agent thinks: a line, or two.
  static let stepScalarsShown = 120
  static let thoughtScalarsShown = 200

  /// Lines of one change of a file that are shown, and the bytes of all changes of an answer: half of what an answer may
  /// hold, so that they never keep the agent's own words out.
  static let diffLinesShown = 60
  static let diffBytesMax = answerBytesMax / 2

  /// The most bytes of one line of an event stream: one token's JSON is some hundred bytes, a whole answer in one
  /// event fits well.
  static let streamLineBytesMax = 1024 * 1024

  /// The most bytes of an answer that is not streamed: it is kept until it is whole.
  static let wholeAnswerBytesMax = 16 * 1024 * 1024

  /// The most bytes that an endpoint may send for one answer. Nothing of them is kept but the answer; a model that thinks for
  /// an hour sends some hundred thousand events of half a kilobyte.
  static let exchangeBytesMax = 512 * 1024 * 1024

  /// How deep a JSON value of an endpoint is read: what anybody reads of it is ten deep at most, and each level takes stack.
  static let jsonNestingMax = 32

  /// The most bytes of an answer's beginning that are held back because they may open a model's thinking: blanks, and a tag.
  static let reasoningBytesHeld = 4 * 1024

  /// The most bytes of an error's body that are read to find out why: FastAPI's hold what was sent, once for each mistake.
  static let errorBodyBytesMax = 1024 * 1024

  /// The most Unicode scalars of an endpoint's own words that go into the log.
  static let detailScalarsMax = 300

  /// The most Unicode scalars of an endpoint's own words that are looked through for what they mean.
  static let errorWordsMax = 4 * 1024

  /// The fewest bytes of an endpoint's words that count as a quotation of what people wrote, two or three words: shorter ones
  /// are any sentence's, and hiding them would leave nothing to read.
  static let quotationBytesMin = 12

  /// The most tokens of one answer that an endpoint is believed: a thousand times what any model reads at once, and far
  /// from where the sums that the store keeps would overflow.
  static let tokensMax = 1_000_000_000

  /// The largest sum of costs that the store keeps: another answer, of `tokensMax` at the highest price that a file may say,
  /// adds too little to reach what 64 bits hold.
  static let costMillionthsMax = 9_000_000_000_000_000_000

  /// A count of tokens as far as it is believed. A sum that the store cannot add would keep the turn from being recorded,
  /// and so have it answered twice.
  static func credible(_ tokens: Int) -> Int { min(max(tokens, 0), tokensMax) }

  // MARK: Files that an endpoint is shown

  /// Bytes of an image: in base64 they are 5 MB, the most that Anthropic takes, and more than any model looks at.
  static let imageBytesMax = 3_750_000

  /// Bytes of a text file, about 64,000 tokens: as much as a mid-sized model reads at once.
  static let textFileBytesMax = 256 * 1024

  /// Bytes of all files of a message together.
  static let filesBytesShown = 10 * 1024 * 1024

  // MARK: What a program writes

  /// How far back a program may write over what it has written: a tall terminal, and lines that no terminal is wide enough for.
  static let terminalRowsMax = 100
  static let terminalColumnsMax = 4_096

  /// Unicode scalars of a string in a control sequence, such as a link's address, after which it is taken for one that was
  /// never ended: browsers let addresses be this long.
  static let terminalStringMax = 8_192

  /// Bytes of the numbers of a control sequence: a colour has about twenty.
  static let terminalParametersMax = 256

  /// Folders in folders that are looked into for files of an answer, and how many names in all: a tree of some pages, not a
  /// checkout.
  static let outFoldersDepthMax = 8
  static let outNamesMax = 1_000

  /// Bytes of a line of standard error before it is cut in two: lines that people read are shorter.
  static let errorLineBytesMax = 8 * 1024

  /// Lines of standard error that are logged for one message; of more, the log has their number.
  static let errorLinesLogged = 200

  /// The last lines of standard error that a failure is logged with: what went wrong stands at the end.
  static let errorLinesShown = 10

  /// Bytes below which a value is no secret: `1` or `on` stand in many a line.
  static let secretBytesMin = 4

  // MARK: Waiting

  /// How long to wait before an agent is asked again whose trouble may pass, and how many times as long before each time
  /// more: people watch, so that it is soon or not at all.
  static let retryPauseFirst = Duration.seconds(1)
  static let retryPauseGrowth = 4

  /// The longest such wait, also where an endpoint says how long it should be: after a minute people have given up.
  static let retryPauseMax = Duration.seconds(60)

  /// The longest wait that is read from an endpoint's headers, far beyond what anybody waits.
  static let retryAfterSecondsMax = 1e6

  /// How long `stop` waits for a turn to be over before it reports that it is still ending; people are promised a
  /// second.
  static let stopTime = Duration.milliseconds(900)

  // MARK: Agents of the Agent Client Protocol

  /// Bytes of one line of the dialogue: a text file of `acpFileBytesMax`, escaped, fits well.
  static let rpcLineBytesMax = 16 * 1024 * 1024

  /// How many lines wait for a program to read them: one that does not listen is given up. The longest are files that it asked
  /// for.
  static let rpcLinesWaitingMax = 32

  /// How many lines that are no messages are passed over: what a program prints that does not speak the protocol.
  static let rpcBadLinesMax = 100

  /// How many requests of a program are worked on at once: each may be a line of full length.
  static let rpcRequestsMax = 8

  /// Bytes of a file that is read for an agent.
  static let acpFileBytesMax = 1024 * 1024

  /// Bytes of the images, recordings and other files that come within one answer: more than a dozen photographs.
  static let acpMediaBytesMax = 64 * 1024 * 1024

  /// Bytes of the name that an agent gives a session.
  static let acpSessionBytesMax = 1024

  /// How many tool calls of a turn are remembered, for questions about them, and their bytes together: a call that writes a
  /// file has its whole text.
  static let acpToolCallsMax = 256
  static let acpToolCallBytesMax = 16 * 1024 * 1024

  /// Bytes of the id of a tool call, and how many ids are remembered of calls that are not remembered themselves.
  static let acpToolCallIDBytesMax = 1024
  static let acpForgottenToolCallsMax = 4_096

  /// How many pairs of lines a diff compares at most, in some milliseconds and 16 MB: two texts of 1,000 lines that
  /// have nothing in common. Past that, all of the old text is shown as removed and all of the new one as added.
  static let diffComparisonsMax = 4_000_000

  /// How many commands, and values of a setting, an agent may offer, and the bytes of a command's name: a list is read.
  static let acpOffersMax = 100
  static let acpOfferNameBytesMax = 64

  /// Of how many sessions of one program it is known what they offer: it has one, and another after a retry.
  static let acpOfferingSessionsMax = 4

  /// How long an agent has to take a choice: it only changes a value, and somebody waits.
  static let acpChoiceTime = Duration.seconds(10)

  /// In how many conversations people's choices of models are remembered.
  static let acpChoicesMax = 1_000

  /// How many answers people are given to choose from, a digit each.
  static let acpOptionsMax = 9

  /// Unicode scalars of the name of a file that an agent is told.
  static let acpTitleScalarsMax = 300

  /// How long an agent that is told to stop has for it, of the second that people are promised: then it is ended.
  static let acpCancelTime = Duration.milliseconds(400)

  /// How often an agent counts as being at work while people think about its question.
  static let acpBeat = Duration.milliseconds(500)

  /// How long a running agent is kept for the next message. Starting one again takes some seconds, keeping it some hundred
  /// megabytes.
  static let acpRestTime = Duration.seconds(10 * 60)

  /// How many running agents are kept for their next message.
  static let acpRestingMax = 16

  // MARK: Turns

  /// The most messages of all conversations that wait or are answered, and the most of them of one user, so that one cannot
  /// keep the others out. Each takes some kilobytes, 64 at most.
  static let backlogMax = 5_000
  static let backlogOfUserMax = 1_500

  /// How long a turn keeps its room while its answer is being posted: answers are not to come faster than they can be posted,
  /// but what cannot be posted now holds nobody up.
  static let postingHoldsRoom = Duration.seconds(10)

  /// Files that may be open are kept for all else than turns: the store, connections to Mattermost, hooks, `/health`.
  static let descriptorsReserved = 64

  /// Files that a turn may have open at once: while its program is started, both ends of three pipes and of the supervisor's
  /// socket and the lock of its folder; else its connection, and the files that come and go with it.
  static let descriptorsPerTurn = 10

  // MARK: The store

  /// How long another process, such as the `sqlite3` shell, may hold the file before an operation gives up.
  static let storeBusySeconds = 5.0

  /// How long a claimed post is remembered: whoever takes in posts must not look back further.
  static let claimDays = 30

  /// How long a conversation, or a thread that the bot joined, is kept after its last message.
  static let sessionDays = 365

  /// How often old rows are cleared away.
  static let pruneHours = 24

  /// Agents that are looked at together: each takes a connection or a program.
  static let probesMax = 8

  /// How long an endpoint's list of models may take, and how large it may be: that of a router with hundreds of models and
  /// their descriptions has half a megabyte.
  static let probeTime = Duration.seconds(10)
  static let modelListBytesMax = 8 * 1024 * 1024

  /// Models that a finding names, and Unicode scalars of each.
  static let modelsShownMax = 5
  static let modelScalarsShown = 80

  /// How long a program may take to answer the greeting: those written in Python or JavaScript take seconds to start.
  static let greetingTime = Duration.seconds(20)

  /// Unicode scalars of what a program says that a finding shows.
  static let findingScalarsMax = 400

  /// Bytes of a script's first line: the kernel reads no more (`BINPRM_BUF_SIZE`).
  static let firstLineBytesMax = 256
}
