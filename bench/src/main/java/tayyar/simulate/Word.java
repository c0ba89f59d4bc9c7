package tayyar.simulate;

import java.util.Locale;

/**
 * The words of a {@link Script}. A token's index counts from 0; a fault at index {@code k} strikes
 * in the place of token {@code k}, so {@code cut@0} comes before the first token and after the
 * head.
 */
public enum Word {
  /** {@code tokens=20}: the number of tokens of the answer, 16 by default. */
  TOKENS(Form.COUNT),
  /** {@code first=50ms}: the wait before the first token. */
  FIRST(Form.TIME),
  /** {@code pace=5ms}: the wait between two tokens. */
  PACE(Form.TIME),
  /** Arabic words instead of English ones. */
  ARABIC(Form.FLAG),
  /** Arabic and English words in a random order. */
  MIXED(Form.FLAG),
  /** The words of the last message instead of the simulator's own; their number is the length. */
  ECHO(Form.FLAG),
  /** {@code size=100}: the number of letters of each token. */
  SIZE(Form.COUNT),
  /**
   * The tokens are the numbers 0, 1, 2 ..., so that a lost or doubled token is seen; with {@code
   * arabic} or {@code mixed} a word follows each number, {@code 17~WORD}.
   */
  NUMBERED(Form.FLAG),
  /**
   * With {@code numbered}: the time at which it was written follows each number, {@code 17@NANOS}.
   */
  STAMPED(Form.FLAG),
  /** {@code seed=7}: decides the words and their order. */
  SEED(Form.COUNT),
  /** {@code reasoning=3}: the number of tokens at the beginning that are reasoning_content. */
  REASONING(Form.COUNT),
  /**
   * {@code calls@2}: behind two tokens of text each tool of the request is called once, where it
   * has tools and its tool_choice is not "none". A piece of a call counts as a token.
   */
  CALLS(Form.COUNT),
  /** {@code tool=NAME}: with {@code calls}, only the tool of this name is called. */
  TOOL(Form.NAME),
  /**
   * {@code arguments={"command":"cat%20one.txt"}}: the arguments of each call instead of invented
   * ones; percent-encoded, since a script ends at {@code ]} and its words at a space.
   */
  ARGUMENTS(Form.NAME),
  /** {@code finish=length}: the finish_reason, any word. */
  FINISH(Form.NAME),
  /** No usage, even if the request asks for it. */
  NOUSAGE(Form.FLAG),
  /** The head of a stream leaves at once, not with the first token. */
  EARLYHEAD(Form.FLAG),
  /** {@code hold@3}: waits before token 3 until {@link ReceivedRequest#release()}. */
  HOLD(Form.COUNT),
  /** {@code status=500}: an error with this status. */
  STATUS(Form.COUNT),
  /** {@code retryafter=7}: seconds in the Retry-After field of an error. */
  RETRYAFTER(Form.COUNT),
  /** Closes the connection instead of answering. */
  REFUSE(Form.FLAG),
  /** Never answers. */
  HANG(Form.FLAG),
  /** Closes the connection at a token. */
  CUT(Form.COUNT),
  /** Resets the connection at a token. */
  RESET(Form.COUNT),
  /** Sends nothing more from a token on. */
  STALL(Form.COUNT),
  /** An event that is not JSON at a token; the answer goes on. */
  GARBAGE(Form.COUNT),
  /** An error event at a token, then the end. */
  ERROREVENT(Form.COUNT),
  /** {@code errorevent@0 code=400}: the code in the error event; 500 by default. */
  CODE(Form.NAME),
  /** A token of a mebibyte. */
  BIG(Form.COUNT),
  /** An event without an end at a token. */
  ENDLESS(Form.COUNT),
  /** A chunk size that is no number at a token. */
  BADFRAME(Form.COUNT),
  /** No {@code [DONE]}. */
  NODONE(Form.FLAG),
  /** No finish_reason. */
  NOFINISH(Form.FLAG),
  /** A stream without any event. */
  EMPTY(Form.FLAG),
  /** Closes the connection behind {@code [DONE]}, without the last chunk of the body. */
  CLOSES(Form.FLAG),
  /**
   * Each event is written by itself, the response's head and the body's end too, as inference
   * servers do. While the peer reads too slowly, events are written together.
   */
  EVENTWISE(Form.FLAG),
  /** The members of vLLM's answers, in its order. */
  VLLM(Form.FLAG),
  /** Each byte is written by itself. */
  BYTEWISE(Form.FLAG),
  /** Lines end with CR LF. */
  CRLF(Form.FLAG),
  /** No space behind {@code data:}. */
  NOSPACE(Form.FLAG),
  /** A comment before each event. */
  COMMENTS(Form.FLAG),
  /** An id field in each event. */
  IDFIELD(Form.FLAG),
  /** Usage in each chunk. */
  USAGEEVERY(Form.FLAG),
  /** The role in each chunk. */
  ROLEEVERY(Form.FLAG),
  /** {@code "error":null} in each chunk. */
  ERRORNULL(Form.FLAG),
  /** The first delta's content is null. */
  NULLCONTENT(Form.FLAG),
  /** A first chunk without choices. */
  NOCHOICES(Form.FLAG),
  /** The last token and the finish_reason share a chunk. */
  FINISHWITHTOKEN(Form.FLAG),
  /** Embeddings are numbers, whatever the request asks for. */
  FLOATS(Form.FLAG),
  /** Embeddings are base64, whatever the request asks for. */
  BASE64(Form.FLAG),
  /** A request for a stream gets a plain JSON answer. */
  PLAIN(Form.FLAG);

  /** The form of a word's value. */
  enum Form {
    FLAG,
    COUNT,
    TIME,
    NAME
  }

  private final Form form;

  Word(Form form) {
    this.form = form;
  }

  Form form() {
    return form;
  }

  /** The word as a script has it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
