package tayyar.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Form;
import tayyar.api.JsonText;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.calls.Tools;
import tayyar.grammar.CallForms;
import tayyar.grammar.CallShape;
import tayyar.grammar.Forms;
import tayyar.grammar.Grammar;
import tayyar.jinja.Text;

/**
 * Makes the tokens of conversations, in the memory of their requests. A prompt that can't fit,
 * whatever its tokens are, is refused before they are sought: what that costs is bounded by the
 * context, not by what somebody sends. Safe for use by any thread; takes its time.
 */
final class Prompts {
  private static final int[] NONE = {};

  /** A byte of the body may become a character of two, or be there twice while it is rendered. */
  private static final int RENDERED_BYTES = 2;

  /** The members of a message that a template gets besides its text. */
  private static final int MESSAGE_BYTES = 512;

  /** A byte's share while its text is tokenised: itself twice, and an int for its token. */
  private static final int TOKENISED_BYTES = 6;

  /** A byte of a form while it is read: a text, a value, and what is made of it. */
  private static final int FORM_BYTES = 64;

  private final LoadedModel model;
  private final int contextTokens;

  Prompts(LoadedModel model, int contextTokens) {
    this.model = model;
    this.contextTokens = contextTokens;
  }

  /**
   * The tokens of a conversation. What they take of the room stays taken; what their making took
   * beyond that is given back.
   *
   * @param tools that the model may call, or null
   * @param unwanted whether nobody waits for them any more
   * @throws Refused if there is no prompt, it does not fit, or there is no room for it
   */
  int[] of(InferenceRequest request, @Nullable Tools tools, Room room, BooleanSupplier unwanted) {
    long rendered =
        (long) RENDERED_BYTES * request.body().length
            + (long) MESSAGE_BYTES * request.messages().size();
    room.need(rendered);
    try {
      boolean continues = request.features().contains(Feature.CONTINUE);
      Text prompt = model.prompt(request.messages(), continues, tools);
      int atLeast = model.vocabulary().tokensAtLeast(prompt.chars());
      if (atLeast >= contextTokens) {
        throw new Refused(new ApiError.ContextLengthExceeded(atLeast, contextTokens, false));
      }
      return unwanted.getAsBoolean() ? NONE : tokens(prompt, room);
    } finally {
      room.give(rendered);
    }
  }

  /**
   * What holds an answer to a form, or null. What it takes of the room stays taken.
   *
   * @param tools that the model may call, or null
   * @throws Refused if it can't be held, the beginning that is given has another form, or there is
   *     no room for it
   */
  @Nullable Guide form(InferenceRequest request, @Nullable Tools tools, Room room) {
    Form form = null;
    for (Form each : request.forms()) {
      boolean holds = !Tools.reads(each) && !isNull(request.body(), each);
      if (holds && form != null) {
        throw new Refused(new ApiError.InvalidValue(each.member(), "asks for a second form."));
      }
      form = holds ? each : form;
    }
    Grammar grammar = grammar(request, form, tools, room);
    if (grammar == null) {
      return null;
    }
    var guide = new Guide(grammar, tools == null ? model.pieces() : model.callPieces());
    if (request.features().contains(Feature.CONTINUE)) {
      begin(guide, request.messages().getLast().content());
    }
    return guide;
  }

  private static boolean isNull(byte[] body, Form form) {
    return json(body, form).equals("null");
  }

  private static String json(byte[] body, Form form) {
    return new String(body, form.from(), form.to() - form.from(), StandardCharsets.UTF_8);
  }

  private static void begin(Guide guide, String text) {
    if (!guide.begins(text.getBytes(StandardCharsets.UTF_8))) {
      String detail = "begins with what the form does not allow.";
      throw new Refused(new ApiError.InvalidValue("messages", detail));
    }
  }

  private @Nullable Grammar grammar(
      InferenceRequest request, @Nullable Form form, @Nullable Tools tools, Room room) {
    int length = form == null ? 0 : form.to() - form.from();
    for (Form each : tools == null ? List.<Form>of() : request.forms()) {
      length += Tools.reads(each) ? each.to() - each.from() : 0;
    }
    long making = (long) FORM_BYTES * length;
    room.need(making);
    try {
      Grammar grammar = grammar(request.body(), form, tools);
      room.need(grammar == null ? 0 : grammar.bytes());
      return grammar;
    } finally {
      room.give(making);
    }
  }

  private @Nullable Grammar grammar(byte[] body, @Nullable Form form, @Nullable Tools tools) {
    String json = form == null ? "" : json(body, form);
    if (tools != null) {
      return CallForms.of(
          model.callShape(), tools.may(), tools.must(), tools.several(), form, json);
    }
    return form == null ? null : Forms.grammar(form.member(), json);
  }

  /** How the model calls tools. */
  CallShape callShape() {
    return model.callShape();
  }

  private int[] tokens(Text prompt, Room room) {
    long making = (long) TOKENISED_BYTES * JsonText.utf8Bytes(prompt.chars());
    room.need(making);
    try {
      int[] tokens = model.tokens(prompt);
      if (tokens.length >= contextTokens) {
        throw new Refused(new ApiError.ContextLengthExceeded(tokens.length, contextTokens, true));
      }
      room.need((long) Integer.BYTES * tokens.length);
      return tokens;
    } finally {
      room.give(making);
    }
  }
}
