package tayyar.engine;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Clip;
import tayyar.api.Endpoint;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Form;
import tayyar.api.JsonText;
import tayyar.api.Odds;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.calls.Tools;
import tayyar.grammar.CallForms;
import tayyar.grammar.CallShape;
import tayyar.grammar.Draft;
import tayyar.grammar.Forms;
import tayyar.grammar.Grammar;
import tayyar.grammar.Pieces;
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

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  /** As OpenAI has it. */
  private static final int BIAS_MAX = 100;

  private static final int BEST_MAX = 20;

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
    int[] tokens = all(request, tools, room, unwanted);
    if (tokens.length >= contextTokens) {
      throw tooLong(tokens.length, true);
    }
    return tokens;
  }

  /**
   * The same of one that may turn out not to fit.
   *
   * @throws Refused if there is no prompt, it can't fit whatever its tokens are, or there is no
   *     room for it
   */
  int[] all(InferenceRequest request, @Nullable Tools tools, Room room, BooleanSupplier unwanted) {
    long rendered =
        (long) RENDERED_BYTES * request.body().length
            + (long) MESSAGE_BYTES * request.messages().size();
    room.need(rendered);
    try {
      boolean continues = request.features().contains(Feature.CONTINUE);
      Text prompt = model.prompt(request.messages(), continues, tools);
      int atLeast = model.vocabulary().tokensAtLeast(prompt.chars());
      if (atLeast >= contextTokens) {
        throw tooLong(atLeast, false);
      }
      return unwanted.getAsBoolean() ? NONE : tokens(prompt, room);
    } finally {
      room.give(rendered);
    }
  }

  private Refused tooLong(int tokens, boolean exact) {
    return new Refused(
        new ApiError.ContextLengthExceeded("messages", tokens, contextTokens, exact));
  }

  /**
   * What holds an answer to a form, or null. What it takes of the room stays taken.
   *
   * @param tools that the model may call, or null
   * @throws Refused if it can't be held, the beginning that is given has another form, or there is
   *     no room for it
   */
  @Nullable Guide form(InferenceRequest request, @Nullable Tools tools, Room room) {
    int length = 0;
    for (Form form : request.forms()) {
      length += tools != null || !Tools.reads(form) ? form.to() - form.from() : 0;
    }
    long making = (long) FORM_BYTES * length;
    room.need(making);
    try {
      Guide guide = guide(request, tools, room);
      if (guide != null && request.features().contains(Feature.CONTINUE)) {
        begin(guide, request.messages().getLast().content());
      }
      return guide;
    } finally {
      room.give(making);
    }
  }

  private static void begin(Guide guide, String text) {
    if (!guide.begins(text.getBytes(StandardCharsets.UTF_8))) {
      String detail = "begins with what the form does not allow.";
      throw new Refused(new ApiError.InvalidValue("messages", detail));
    }
  }

  private @Nullable Guide guide(InferenceRequest request, @Nullable Tools tools, Room room) {
    Draft text = null;
    String member = "tools";
    for (Form form : request.forms()) {
      boolean others = Tools.reads(form) || Ends.MEMBERS.contains(form.member());
      Draft draft = others ? null : Forms.draft(form.member(), json(request, form));
      if (draft != null && text != null) {
        throw new Refused(new ApiError.InvalidValue(form.member(), "asks for a second form."));
      }
      text = draft == null ? text : draft;
      member = draft == null ? member : form.member();
    }
    if (tools == null && text == null) {
      return null;
    }
    Grammar grammar =
        tools == null
            ? Objects.requireNonNull(text).grammar(member)
            : CallForms.of(model.callShape(), tools.may(), tools.must(), tools.several(), text);
    room.need(grammar.bytes());
    Pieces pieces = tools == null ? model.pieces() : model.callPieces();
    return new Guide(grammar, pieces, text != null, member);
  }

  private static String json(InferenceRequest request, Form form) {
    return new String(request.body(), form.from(), form.to() - form.from(), StandardCharsets.UTF_8);
  }

  /**
   * What is added to tokens' logits.
   *
   * @throws Refused if it is no bias of a token of this vocabulary
   */
  List<Odds.Bias> biases(InferenceRequest request) {
    List<Odds.Bias> all = request.odds().biases();
    if (all.size() > Odds.BIASES_MAX) {
      throw wrongBias("may have at most " + Odds.BIASES_MAX + " tokens.");
    }
    int last = model.vocabulary().size() - 1;
    for (Odds.Bias bias : all) {
      if (!NUMBER.matcher(bias.token()).matches() || Integer.parseInt(bias.token()) > last) {
        String wrong = ", not '" + Clip.marked(40, bias.token()) + "'.";
        throw wrongBias("must name tokens by their numbers, from 0 to " + last + wrong);
      }
      if (!(Math.abs(bias.value()) <= BIAS_MAX)) {
        throw wrongBias("must have numbers from -" + BIAS_MAX + " to " + BIAS_MAX + ".");
      }
    }
    return all;
  }

  /**
   * What is said of the answer's end.
   *
   * @param most the most tokens that the answer may have
   * @throws Refused if it is wrong
   */
  Ends ends(InferenceRequest request, int most) {
    var members = new HashMap<String, String>();
    for (Form form : request.forms()) {
      if (Ends.MEMBERS.contains(form.member())) {
        members.put(form.member(), json(request, form));
      }
    }
    return Ends.of(members, most, model.vocabulary().size());
  }

  private static Refused wrongBias(String detail) {
    return new Refused(new ApiError.InvalidValue("logit_bias", detail));
  }

  /** What is told of an answer's tokens, or null. */
  static @Nullable Told told(InferenceRequest request) {
    int told = request.odds().told();
    if (told < 0) {
      return null;
    }
    if (told > BEST_MAX) {
      String detail = "must be an integer from 0 to " + BEST_MAX + ".";
      throw new Refused(new ApiError.InvalidValue("logprobs", detail));
    }
    return new Told(told, request.endpoint() == Endpoint.CHAT);
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
      room.need((long) Integer.BYTES * tokens.length);
      return tokens;
    } finally {
      room.give(making);
    }
  }
}
