package tayyar.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to a model: the parts of its body that the gateway uses, checked once.
 *
 * @param model the model's name as the client wrote it
 * @param messages at least one in a chat; the prompt of a completion, where it is text
 * @param stream whether the client wants server-sent events
 * @param includeUsage whether a stream ends with a usage chunk
 * @param sampling the choice of tokens
 * @param stop stop strings, none of them empty; at most 16
 * @param features the features that it asks for beyond plain text
 * @param body the original bytes; never changed
 * @param spans the places in the body of the values that are changed on the way
 * @param asked the endpoint's own part of the request
 * @param includeCost whether usage tells what the answer costs
 * @param odds what it says of single tokens
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy of each body would be waste
public record InferenceRequest(
    String model,
    List<Message> messages,
    boolean stream,
    boolean includeUsage,
    Sampling sampling,
    List<String> stop,
    Set<Feature> features,
    byte[] body,
    Spans spans,
    Asked asked,
    boolean includeCost,
    Odds odds) {

  /** One that does not ask what its answer costs, and says nothing of single tokens. */
  public InferenceRequest(
      String model,
      List<Message> messages,
      boolean stream,
      boolean includeUsage,
      Sampling sampling,
      List<String> stop,
      Set<Feature> features,
      byte[] body,
      Spans spans,
      Asked asked) {
    this(
        model,
        messages,
        stream,
        includeUsage,
        sampling,
        stop,
        features,
        body,
        spans,
        asked,
        false,
        Odds.NONE);
  }

  /** A chat. */
  public InferenceRequest(
      String model,
      List<Message> messages,
      boolean stream,
      boolean includeUsage,
      Sampling sampling,
      List<String> stop,
      Set<Feature> features,
      byte[] body,
      Spans spans) {
    this(
        model,
        messages,
        stream,
        includeUsage,
        sampling,
        stop,
        features,
        body,
        spans,
        new Asked.Chat());
  }

  /** The same where usage tells what the answer costs; a stream ends with it. */
  public InferenceRequest withCost() {
    return with(asked, includeUsage || stream, true);
  }

  /** The same chat, of which its client wrote something else. */
  public InferenceRequest of(Original original) {
    var chat = (Asked.Chat) asked;
    return with(
        new Asked.Chat(chat.media, chat.otherBytes, chat.answers, chat.forms, original),
        includeUsage,
        includeCost);
  }

  private InferenceRequest with(Asked other, boolean usage, boolean cost) {
    return new InferenceRequest(
        model, messages, stream, usage, sampling, stop, features, body, spans, other, cost, odds);
  }

  /** The part of a request that belongs to its endpoint alone. */
  public sealed interface Asked {
    /**
     * The next message of a conversation.
     *
     * @param media where its first part stands that is no text, such as {@code
     *     messages[0].content[1]}; empty where all is text
     * @param otherBytes of the body, besides texts, media and what every body has; of the tools for
     *     example
     * @param answers how many messages are wanted, at least 1
     * @param forms what holds the answer to a form
     * @param original what the client sent, where it was in another dialect than {@link #body}
     */
    record Chat(
        String media, int otherBytes, int answers, List<Form> forms, @Nullable Original original)
        implements Asked {
      /** Of text alone, one message. */
      public Chat() {
        this("", 0, 1);
      }

      /** Held to no form. */
      public Chat(String media, int otherBytes, int answers) {
        this(media, otherBytes, answers, List.of());
      }

      /** One that came as a chat. */
      public Chat(String media, int otherBytes, int answers, List<Form> forms) {
        this(media, otherBytes, answers, forms, null);
      }
    }

    /**
     * The continuation of a text.
     *
     * @param promptBytes its length; where it is given as tokens, about four bytes for each
     * @param answers how many continuations are made of all prompts together, at least 1
     * @param its the rest of it
     */
    record Completion(int promptBytes, int answers, Continuation its) implements Asked {
      /** Of prompts that nobody reads. */
      public Completion(int promptBytes, int answers) {
        this(
            promptBytes,
            answers,
            new Continuation(List.of(), answers, answers, null, false, false, List.of()));
      }
    }

    /**
     * The vectors of texts.
     *
     * @param inputs the number of texts, at least 1
     * @param promptBytes the length of all texts, as above
     * @param base64 whether each vector is wanted as little-endian 32-bit floats in base64
     * @param dimensions how many numbers of each vector are wanted, at least 1, or null for all
     * @param texts what vectors are made of, as far as a model's engine needs it
     */
    record Embeddings(
        int inputs,
        int promptBytes,
        boolean base64,
        @Nullable Integer dimensions,
        List<Continuation.Prompt> texts)
        implements Asked {
      /** Copies the list. */
      public Embeddings {
        texts = List.copyOf(texts);
      }

      /** Whole vectors of texts that nobody reads. */
      public Embeddings(int inputs, int promptBytes, boolean base64) {
        this(inputs, promptBytes, base64, null, List.of());
      }
    }
  }

  /**
   * What a dialect keeps of a request that its client wrote in another one than {@link #body} is
   * in, or that needs a second look; nobody else looks into it.
   */
  public interface Original {
    /** Returns the length of the body that came. */
    int bytes();

    /**
     * Returns the place of something that {@link #body} can't say, so that only targets of the
     * client's own language can be asked; empty where it says all.
     */
    default String untold() {
      return "";
    }

    /**
     * Returns the place where something is named that is stored at a target, in its operator's
     * account; empty where nothing is.
     */
    default String stored() {
      return "";
    }
  }

  /** Whether {@link #body} says all that its client wrote, see {@link Original#untold}. */
  public boolean isTold() {
    Original original = original();
    return original == null || original.untold().isEmpty();
  }

  /**
   * Asks for that, on behalf of a target of another language than the client's.
   *
   * @throws Refused with the place of what {@link #body} can't say
   */
  public void needsTold() {
    Original original = original();
    if (original != null && !original.untold().isEmpty()) {
      throw new Refused(new ApiError.UnsupportedByModel(original.untold(), model));
    }
  }

  /** Whether it names what is stored at a target, in its operator's account. */
  public boolean namesStored() {
    Original original = original();
    return original != null && !original.stored().isEmpty();
  }

  /**
   * Refuses to name that.
   *
   * @param access to the target, whose operator may allow it
   * @throws Refused with its place
   */
  public void checkNames(Target.Access access) {
    Original original = original();
    if (original != null && !original.stored().isEmpty() && !access.accountFiles()) {
      throw new Refused(new ApiError.OfDialect(new DialectFault.AccountFile(original.stored())));
    }
  }

  /** Returns what its client wrote in another dialect; null for a body as it came. */
  public @Nullable Original original() {
    return asked instanceof Asked.Chat chat ? chat.original : null;
  }

  /** Returns the bytes of the body as the client sent it. */
  public int receivedBytes() {
    Original original = original();
    return original == null ? body.length : original.bytes();
  }

  /**
   * A member of the body that holds the answer to a form.
   *
   * @param member its name
   * @param from where its value begins in {@link #body}
   * @param to behind its end
   */
  public record Form(String member, int from, int to) {}

  /** Returns what holds the answer to a form. */
  public List<Form> forms() {
    return switch (asked) {
      case Asked.Chat chat -> chat.forms();
      case Asked.Completion completion -> completion.its().forms();
      case Asked.Embeddings _ -> List.of();
    };
  }

  /** Returns how many answers are made, at least 1. */
  public int answers() {
    return switch (asked) {
      case Asked.Chat chat -> chat.answers();
      case Asked.Completion completion -> completion.answers();
      case Asked.Embeddings _ -> 1;
    };
  }

  /** Returns its endpoint. */
  public Endpoint endpoint() {
    return switch (asked) {
      case Asked.Chat _ -> Endpoint.CHAT;
      case Asked.Completion _ -> Endpoint.COMPLETIONS;
      case Asked.Embeddings _ -> Endpoint.EMBEDDINGS;
    };
  }

  /**
   * The places in {@link #body} of the values that change on the way to an upstream. An absent
   * value has a {@code from} of -1.
   *
   * @param open index after the object's opening brace
   */
  public record Spans(
      int open,
      int modelFrom,
      int modelTo,
      int streamFrom,
      int streamTo,
      int optionsFrom,
      int optionsTo,
      int saltFrom,
      int saltTo) {
    /** Creates the spans of a body without a salt. */
    public Spans(
        int open,
        int modelFrom,
        int modelTo,
        int streamFrom,
        int streamTo,
        int optionsFrom,
        int optionsTo) {
      this(open, modelFrom, modelTo, streamFrom, streamTo, optionsFrom, optionsTo, -1, -1);
    }
  }

  /**
   * Returns the body's {@code cache_salt}, with its quotes, which keeps cached prompts apart; empty
   * where there is none.
   */
  public String cacheSalt() {
    if (spans.saltFrom() < 0) {
      return "";
    }
    String raw =
        new String(
            body, spans.saltFrom(), spans.saltTo() - spans.saltFrom(), StandardCharsets.UTF_8);
    return raw.equals("null") ? "" : raw;
  }

  /** Returns the bytes of all input text as UTF-8, from which the prompt's tokens are estimated. */
  public int promptBytes() {
    return switch (asked) {
      case Asked.Chat _ -> messagesBytes();
      case Asked.Completion completion -> completion.promptBytes();
      case Asked.Embeddings embeddings -> embeddings.promptBytes();
    };
  }

  /** Whether no token is asked for: what is written all the same is the prompt's echo. */
  public boolean wantsNoToken() {
    return sampling.maxTokens() != null && sampling.maxTokens() == 0;
  }

  /** Returns an estimate of the prompt's tokens: one for every four bytes of it. */
  public int estimatedTokens() {
    return (promptBytes() + 3) / 4;
  }

  /**
   * Returns the bytes of all that a target may make a prompt of, media aside; a prompt hardly ever
   * has as many tokens.
   */
  public int inputBytes() {
    return promptBytes() + (asked instanceof Asked.Chat chat ? chat.otherBytes() : 0);
  }

  private int messagesBytes() {
    int bytes = 0;
    for (Message message : messages) {
      bytes += message.utf8Bytes();
    }
    return bytes;
  }
}
