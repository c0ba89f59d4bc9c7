package tayyar.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.engine.TokenNames.Found;
import tayyar.jinja.Text;

/**
 * Turns prompts into tokens: those of the whole prompt in one go, as the model's makers do it.
 * Where what somebody said holds the name of a control token, alone or together with text beside
 * it, only the names that are wholly the template's own become control tokens. Safe for use by any
 * thread.
 */
final class Tokenizer {
  /** Messages of the longest conversation, at least. */
  private static final int MESSAGES = 3;

  /**
   * How control tokens look. llama.cpp's converter goes by it too, since some models' makers forget
   * to say which are.
   */
  private static final Pattern LOOK = Pattern.compile("<[|\uFF5C].*[|\uFF5C]>", Pattern.DOTALL);

  private final Vocabulary vocabulary;
  private final TokenNames names = new TokenNames();

  /** Tokens that nothing somebody said may become. */
  private final BitSet guarded = new BitSet();

  /**
   * Learns the names of control tokens. Some vocabularies have the marks between turns as
   * user-defined tokens, which are found in any text. They are told by their look, or by a template
   * that writes one with every message.
   *
   * @param shortest a prompt of the model's template
   * @param longest another, of at least three messages if the template takes so many
   */
  Tokenizer(Vocabulary vocabulary, Text shortest, Text longest) {
    this.vocabulary = vocabulary;
    BitSet marks = marks(vocabulary, shortest, longest);
    for (int token = 0; token < vocabulary.size(); token++) {
      if (vocabulary.control(token) || marks.get(token)) {
        guarded.set(token);
      }
      // The token for what is unknown also stands for odd characters, but not by its name.
      if (guarded.get(token) || vocabulary.unknown(token)) {
        names.add(vocabulary.name(token), token);
      }
    }
  }

  private static BitSet marks(Vocabulary vocabulary, Text shortest, Text longest) {
    var all = new TokenNames();
    var marks = new BitSet();
    for (int token = 0; token < vocabulary.size(); token++) {
      if (vocabulary.userDefined(token)) {
        String name = vocabulary.name(token);
        all.add(name.isBlank() ? "" : name, token);
        if (LOOK.matcher(name).matches() || vocabulary.endsAnswer(token)) {
          marks.set(token);
        }
      }
    }
    long[] often = counts(vocabulary, all, longest);
    long[] once = counts(vocabulary, all, shortest);
    IntStream.range(0, often.length)
        .filter(token -> often[token] >= MESSAGES && often[token] > once[token])
        .forEach(marks::set);
    return marks;
  }

  /** Counts each token's name in a prompt's own text. */
  private static long[] counts(Vocabulary vocabulary, TokenNames names, Text prompt) {
    var counts = new long[vocabulary.size()];
    names.in(
        prompt.chars(),
        one -> counts[one.token()] += prompt.saidWithin(one.from(), one.to()) ? 0 : 1);
    return counts;
  }

  /**
   * The tokens of a prompt.
   *
   * @throws Refused if something that was said can't be told from a control token
   */
  int[] tokens(Text prompt) {
    String text = wellFormed(prompt.chars());
    var own = new ArrayList<Found>();
    var forged = new BitSet();
    var cuts = new BitSet();
    names.in(
        text,
        one -> {
          if (prompt.saidWithin(one.from(), one.to())) {
            forged.set(one.from());
            if (vocabulary.userDefined(one.token())) {
              cuts.set(text.offsetByCodePoints(one.from(), 1));
            }
          } else {
            own.add(one);
          }
        });
    List<Found> controls = chosen(own);
    if (forged.isEmpty()) {
      int[] whole = vocabulary.tokenize(text, true);
      if (guardedIn(whole) <= controls.size()) {
        return withBos(whole);
      }
    }
    return withBos(apart(text, controls, cuts));
  }

  /** The tokens of a text that is the client's own, control tokens and all. */
  int[] raw(String text) {
    return withBos(vocabulary.tokenize(wellFormed(text), true));
  }

  /** Halves of surrogate pairs become what they become in UTF-8, before names are looked for. */
  private static String wellFormed(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text)
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /** Of those that lie over each other the longest, as llama.cpp chooses. */
  private static List<Found> chosen(List<Found> own) {
    var taken = new BitSet();
    var chosen = new ArrayList<Found>();
    own.stream()
        .sorted(Comparator.comparingInt(Found::length).reversed())
        .forEach(
            one -> {
              int next = taken.nextSetBit(one.from());
              if (next < 0 || next >= one.to()) {
                taken.set(one.from(), one.to());
                chosen.add(one);
              }
            });
    chosen.sort(Comparator.comparingInt(Found::from));
    return chosen;
  }

  private long guardedIn(int[] tokens) {
    return Arrays.stream(tokens).filter(guarded::get).count();
  }

  /**
   * What stands between two control tokens is tokenised in one go as plain text. That is what
   * llama.cpp does with the whole, so nothing else changes.
   */
  private int[] apart(String text, List<Found> controls, BitSet cuts) {
    IntStream.Builder tokens = IntStream.builder();
    int from = 0;
    for (Found control : controls) {
      int to = control.from();
      if (vocabulary.stripsBefore(control.token())) {
        while (to > from && Vocabulary.C_BLANKS.indexOf(text.charAt(to - 1)) >= 0) {
          to--;
        }
      }
      plain(text, from, to, cuts, tokens);
      tokens.add(control.token());
      from = control.to();
      if (vocabulary.stripsBehind(control.token())) {
        while (from < text.length() && Vocabulary.C_BLANKS.indexOf(text.charAt(from)) >= 0) {
          from++;
        }
      }
    }
    plain(text, from, text.length(), cuts, tokens);
    return tokens.build().toArray();
  }

  /** Text without control tokens, cut where the forged name of a user-defined token stands. */
  private void plain(String text, int from, int to, BitSet cuts, IntStream.Builder tokens) {
    int begin = from;
    for (int cut = cuts.nextSetBit(from + 1);
        cut >= 0 && cut < to;
        cut = cuts.nextSetBit(cut + 1)) {
      add(text.substring(begin, cut), tokens);
      begin = cut;
    }
    add(text.substring(Math.min(begin, to), to), tokens);
  }

  private void add(String text, IntStream.Builder tokens) {
    if (text.isEmpty()) {
      return;
    }
    int[] part = vocabulary.tokenize(text, false);
    if (guardedIn(part) > 0) {
      throw new Refused(
          new ApiError.InvalidValue(
              "messages", "hold the name of a control token that can't be told from one."));
    }
    Arrays.stream(part).forEach(tokens::add);
  }

  private int[] withBos(int[] tokens) {
    int bos = vocabulary.bos();
    if (!vocabulary.addsBos() || (tokens.length > 0 && tokens[0] == bos)) {
      return tokens;
    }
    return IntStream.concat(IntStream.of(bos), Arrays.stream(tokens)).toArray();
  }
}
