package tayyar.api;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The languages that a model knows, and whether a conversation is in one of their scripts.
 * Immutable.
 */
public final class Languages {
  /** Nothing is known of them, or the operator vouches for all: each conversation may be had. */
  public static final Languages ANY = new Languages(List.of(), EnumSet.noneOf(UnicodeScript.class));

  /** Chars of a conversation that are looked at, from its end: enough to tell its script. */
  private static final int LOOKED_AT_CHARS = 1 << 14;

  /** A model of the catalogue that knows most languages and fits most machines. */
  private static final String ONE_MORE = "qwen3-4b";

  private static final int FEW = 6;

  private final List<String> tags;
  private final Set<UnicodeScript> scripts;

  private Languages(List<String> tags, Set<UnicodeScript> scripts) {
    this.tags = tags;
    this.scripts = scripts;
  }

  /**
   * These languages.
   *
   * @param tags at least one, such as {@code ar} or {@code sr-Latn} (BCP 47)
   * @throws IllegalArgumentException if one is no language's tag; it is the message
   */
  public static Languages of(String... tags) {
    return of(List.of(tags));
  }

  /**
   * These languages.
   *
   * @param tags as above
   * @throws IllegalArgumentException if one is no language's tag; it is the message
   */
  public static Languages of(List<String> tags) {
    Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
    tags.forEach(tag -> scripts.addAll(Scripts.of(tag)));
    return new Languages(List.copyOf(tags), scripts);
  }

  /** Whether every conversation may be had. */
  public boolean any() {
    return tags.isEmpty();
  }

  /** Their tags, in the given order; none where it is any. */
  public List<String> tags() {
    return tags;
  }

  /** Whether a language is among them; where it is any, nothing is known of it. */
  public boolean names(String language) {
    return tags.stream().anyMatch(tag -> Locale.forLanguageTag(tag).getLanguage().equals(language));
  }

  /** Whether one of them is written in a script. */
  public boolean writtenIn(UnicodeScript script) {
    return scripts.contains(script);
  }

  /** Their names in English, such as {@code English, French}; of many, the first ones. */
  public String shown() {
    String first =
        tags.stream()
            .limit(FEW)
            .map(tag -> Locale.forLanguageTag(tag).getDisplayName(Locale.ENGLISH))
            .collect(Collectors.joining(", "));
    return tags.size() > FEW ? first + " and " + (tags.size() - FEW) + " more" : first;
  }

  /**
   * Whether a chat or a completion is to be answered: not one that is mostly in scripts that none
   * of the languages is written in. Letters of what the user has said are counted, and of a message
   * that is to be continued; the last of these that has letters counts alone as well. Takes no time
   * where it is any, else a bounded one.
   */
  public boolean suit(InferenceRequest request) {
    if (scripts.isEmpty() || request.endpoint() == Endpoint.EMBEDDINGS) {
      return true;
    }
    List<Message> messages = request.messages();
    boolean continued = request.features().contains(Feature.CONTINUE);
    var all = new Letters();
    int left = LOOKED_AT_CHARS;
    for (int i = messages.size() - 1; i >= 0 && left > 0; i--) {
      Message message = messages.get(i);
      boolean counts = message.role() == Message.Role.USER;
      if (counts || (continued && i == messages.size() - 1)) {
        String text = message.content();
        boolean last = all.none();
        all.count(text, Math.max(0, text.length() - left));
        left -= text.length();
        if (last && all.mostlyForeign()) {
          return false;
        }
      }
    }
    return !all.mostlyForeign();
  }

  /** Why they do not suit a request, for the client. */
  public ApiError refusal(InferenceRequest request) {
    boolean chat = request.endpoint() == Endpoint.CHAT;
    String more =
        "knows %s only, and this is mostly in another script. To get a model that knows it, Arabic for example: tayyar pull %s, then tayyar serve --model %s."
            .formatted(shown(), ONE_MORE, ONE_MORE);
    return new ApiError.UnsupportedByModel(
        chat ? "messages" : "prompt", Clip.marked(200, request.model()), more);
  }

  /** Counts letters by whether their script is known. */
  private final class Letters {
    private int known;
    private int foreign;

    boolean none() {
      return known + foreign == 0;
    }

    boolean mostlyForeign() {
      return foreign > known;
    }

    /** Digits, signs and pictures have no script; nor has what all scripts share. */
    void count(String text, int from) {
      for (int i = from; i < text.length(); ) {
        int point = text.codePointAt(i);
        i += Character.charCount(point);
        if (Character.isLetter(point)) {
          UnicodeScript script = point < 0x80 ? UnicodeScript.LATIN : UnicodeScript.of(point);
          if (scripts.contains(script)) {
            known++;
          } else if (script != UnicodeScript.COMMON && script != UnicodeScript.INHERITED) {
            foreign++;
          }
        }
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Languages languages && tags.equals(languages.tags);
  }

  @Override
  public int hashCode() {
    return tags.hashCode();
  }

  @Override
  public String toString() {
    return any() ? "any" : String.join(", ", tags);
  }
}
