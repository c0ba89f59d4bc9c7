package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Endpoint;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;
import tayyar.api.Usage;
import tayyar.dialect.BodyWriter.Form;
import tayyar.dialect.Reading;
import tayyar.wire.SseSplitter;

/** Reads the answer to a chat or a completion. */
final class TextReading implements Reading {
  private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

  /** The log's word for an answer that ended without a reason. */
  private static final String NO_REASON = "(none)";

  /** The statuses by which a server without completions refuses one. */
  private static final Set<Integer> NO_ENDPOINT = Set.of(404, 405, 501);

  /** As OpenAI, Azure and others say that a model or an account has no streams. */
  private static final Pattern NO_STREAMS =
      Pattern.compile(
          "(?i)\"param\"\\s*:\\s*\"stream\"|stream(ing|ed responses)? (is|are) not (supported|available|allowed)"
              + "|(not|n't) support stream|verified to stream");

  private final InferenceRequest request;
  private final Sink sink;
  private final boolean chat;
  private ChunkReader chunks;
  private boolean over;

  TextReading(InferenceRequest request, Sink sink) {
    this.request = request;
    this.sink = sink;
    this.chat = request.endpoint() == Endpoint.CHAT;
    this.chunks = new ChunkReader(sink, chat);
  }

  @Override
  public @Nullable ApiError event(SseSplitter.Name name, byte[] bytes, int from, int to) {
    if (isDone(bytes, from, to)) {
      done();
      return null;
    }
    return switch (name) {
      case USUAL -> chunks.read(bytes, from, to);
      case ERROR -> ErrorBody.ofEvent(bytes, from, to);
      case PING -> null;
    };
  }

  /**
   * An end that is told, behind tokens that are told, is a good one; some servers give no reason
   * for it.
   */
  private void done() {
    over = true;
    if (chunks.usage() != null && !chunks.complete()) {
      endAll();
    }
  }

  /** As far as can be known: who has all the tokens that were allowed ended for that. */
  private void endAll() {
    Integer most = request.sampling().maxTokens();
    Usage told = chunks.usage();
    boolean full = most != null && told != null && told.completionTokens() >= most;
    chunks.endAll(full ? FinishReason.LENGTH : FinishReason.STOP, NO_REASON);
  }

  /** Some write it in quotes, some with spaces around it, some small. */
  private static boolean isDone(byte[] b, int from, int to) {
    int at = from;
    while (at < to && (b[at] == ' ' || b[at] == '"')) {
      at++;
    }
    if (to - at < DONE.length) {
      return false;
    }
    for (int i = 0; i < DONE.length; i++) {
      int c = b[at + i];
      if (c != DONE[i] && (c < 'a' || c > 'z' || (c & ~0x20) != DONE[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean over() {
    return over;
  }

  @Override
  public boolean complete() {
    return chunks.complete();
  }

  @Override
  public @Nullable ApiError document(byte[] body) {
    var plain = new PlainDocument(chat);
    if (plain.read(body)) {
      plain.giveTo(sink);
      return null;
    }
    return parsed(body);
  }

  /** Reads a document of any form. */
  @Nullable ApiError parsed(byte[] body) {
    var all = new Collected();
    chunks = new ChunkReader(all, chat);
    ApiError wrong = chunks.readDocument(body);
    if (wrong == null) {
      endAll();
      chunks.tellMembers();
      all.giveTo(sink);
      estimate();
    }
    return wrong;
  }

  /** In a document no token is seen: where none are told, four bytes are taken for one. */
  private void estimate() {
    Usage told = chunks.usage();
    int written = (int) ((chunks.textBytes() + 3) / 4);
    if (told == null) {
      sink.usage(new Usage((request.promptBytes() + 3) / 4, written, 0, true));
    } else if (told.completionTokens() == 0 && written > 0 && !request.wantsNoToken()) {
      sink.usage(told.counted(told.promptTokens(), written, true));
    }
  }

  @Override
  public ApiError refusal(int status, String retryAfter, byte[] body) {
    return request.endpoint() == Endpoint.COMPLETIONS && NO_ENDPOINT.contains(status)
        ? new ApiError.ModelNotSupportedOnEndpoint(request.model())
        : ErrorBody.read(status, retryAfter, body);
  }

  @Override
  public @Nullable Form instead(Form asked, int status, byte[] body) {
    if (!asked.streams() || (status != 400 && status != 422)) {
      return null;
    }
    String said = new String(body, UTF_8);
    if (asked == Form.STREAM && said.contains("stream_options")) {
      return Form.PLAIN_STREAM;
    }
    return NO_STREAMS.matcher(said).find() ? Form.DOCUMENT : null;
  }

  @Override
  public String oddEnd() {
    return chunks.oddEnd();
  }
}
