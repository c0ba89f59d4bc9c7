package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Message.Role;

final class LanguagesTest {
  private static final Languages ENGLISH = Languages.of("en");
  private static final String ARABIC = "اكتب قصيدة قصيرة عن النيل";

  private static InferenceRequest request(Asked asked, Set<Feature> features, Message... messages) {
    var spans = new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1);
    return new InferenceRequest(
        "m",
        List.of(messages),
        true,
        false,
        Sampling.NONE,
        List.of(),
        features,
        new byte[0],
        spans,
        asked);
  }

  private static InferenceRequest chat(Message... messages) {
    return request(new Asked.Chat(), Set.of(), messages);
  }

  private static Message user(String text) {
    return new Message(Role.USER, text);
  }

  private static Message said(String text) {
    return new Message(Role.ASSISTANT, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "123 + 45 = ?",
        "🙂🙂🙂",
        "Write a poem",
        "Écrivez un poème",
        "What does «النيل» mean?",
        "Please translate into French: صباح الخير",
        "def f(x): return x + 1  # يجمع واحدًا",
        "١٢٣ ؟؟ ، ً"
      })
  void englishSuits(String text) {
    assertThat(ENGLISH.suit(chat(user(text)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ARABIC,
        "السلام عليكم, hello",
        "ﻣﺮﺣﺒﺎ ﺑﻚ",
        "مُحَمَّدٌ رَسُولُ",
        "Привет, как дела?",
        "你好，请写一首诗",
        "こんにちは、カイロ",
        "안녕하세요",
        "नमस्ते",
        "Καλημέρα",
        "𐒈𐒝𐒑𐒛𐒐𐒘"
      })
  void otherScriptsDoNot(String text) {
    assertThat(ENGLISH.suit(chat(user(text)))).isFalse();
    assertThat(Languages.ANY.suit(chat(user(text)))).isTrue();
  }

  @Test
  void onlyTheUsersWordsCount() {
    var instructions = new Message(Role.SYSTEM, "You are a helpful assistant. ".repeat(50));
    var result = new Message(Role.TOOL, ARABIC.repeat(20));

    assertThat(ENGLISH.suit(chat(instructions, user(ARABIC)))).isFalse();
    assertThat(ENGLISH.suit(chat(user("Look it up"), result, said(ARABIC)))).isTrue();
    assertThat(ENGLISH.suit(chat(new Message(Role.SYSTEM, ARABIC), user("Hello")))).isTrue();
  }

  @Test
  void theLastWordsCountAloneAndAllTogether() {
    String english = "Tell me of the Nile and all its cities, please. ".repeat(9);

    assertThat(ENGLISH.suit(chat(user(english), said("The Nile"), user("وماذا عن القاهرة؟"))))
        .as("a long conversation that becomes Arabic")
        .isFalse();
    assertThat(ENGLISH.suit(chat(user(english), said("The Nile"), user("وماذا؟"), user("1"))))
        .as("what has no letters says nothing")
        .isFalse();
    assertThat(ENGLISH.suit(chat(user(ARABIC), said("..."), user("ok"))))
        .as("a word in between")
        .isFalse();
    assertThat(ENGLISH.suit(chat(user(ARABIC), said("..."), user(english)))).isTrue();
  }

  @Test
  void theBeginningOfAnAnswerThatIsContinuedCounts() {
    Message[] messages = {user("Say it in Arabic"), said("أهلا وسهلا بكم في القاهرة")};

    assertThat(ENGLISH.suit(chat(messages))).isTrue();
    assertThat(ENGLISH.suit(request(new Asked.Chat(), Set.of(Feature.CONTINUE), messages)))
        .isFalse();
  }

  @Test
  void completionsCountAndVectorsDoNot() {
    var completion = request(new Asked.Completion(50, 1), Set.of(), user(ARABIC));

    assertThat(ENGLISH.suit(completion)).isFalse();
    assertThat(ENGLISH.refusal(completion).param()).isEqualTo("prompt");
    assertThat(ENGLISH.suit(request(new Asked.Embeddings(1, 9, false), Set.of(), user(ARABIC))))
        .isTrue();
  }

  @Test
  void ofManyTheFirstAreNamed() {
    assertThat(Languages.of("ar", "en", "sr-Latn", "fr", "de", "es", "it", "pt").shown())
        .isEqualTo("Arabic, English, Serbian (Latin), French, German, Spanish and 2 more");
  }

  /** Its end decides, and looking at it takes no longer however long it is. */
  @Test
  void ofALongConversationTheEndIsLookedAt() {
    List<Message> messages = new ArrayList<>(List.of(user(ARABIC.repeat(100_000))));
    for (int i = 0; i < 20; i++) {
      messages.add(user("An English sentence. ".repeat(200)));
    }

    assertThat(ENGLISH.suit(chat(messages.toArray(Message[]::new)))).isTrue();
    assertThat(ENGLISH.suit(chat(user(ARABIC.repeat(9_000) + "😀" + "a".repeat(16_383)))))
        .as("cut within a character")
        .isTrue();
    assertThat(ENGLISH.suit(chat(user("a".repeat(20_000) + ARABIC.repeat(9_000))))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ar,ARABIC", "fa,ARABIC", "en,LATIN", "tr,LATIN", "sr,CYRILLIC", "sr,LATIN", "sr-Latn,LATIN",
    "zh,HAN", "zh-Hant,HAN", "ja,KATAKANA", "ko,HANGUL", "he,HEBREW", "iw,HEBREW", "am,ETHIOPIC",
    "arz,ARABIC", "ar-EG,ARABIC", "AR,ARABIC", "en-Arab,ARABIC", "hi,DEVANAGARI", "el,GREEK"
  })
  void areWrittenInTheirScripts(String tag, UnicodeScript script) {
    assertThat(Languages.of(tag).writtenIn(script)).isTrue();
  }

  @Test
  void aNamedScriptIsTheOnlyOne() {
    assertThat(Languages.of("sr-Latn").writtenIn(UnicodeScript.CYRILLIC)).isFalse();
    assertThat(Languages.of("tr").writtenIn(UnicodeScript.ARABIC)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"arabic", "", " ", "a", "ar_EG", "en-Xxxx", "any thing", "12"})
  void othersAreNoTags(String tag) {
    assertThatThrownBy(() -> Languages.of(List.of("en", tag)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(tag);
  }

  @Test
  void theRefusalSaysWhatIsKnownAndHowToGetMore() {
    ApiError error = Languages.of("en", "fr").refusal(chat(user(ARABIC)));

    assertThat(error.status()).isEqualTo(400);
    assertThat(error.code()).isEqualTo("unsupported_by_model");
    assertThat(error.param()).isEqualTo("messages");
    assertThat(error.message())
        .startsWith("The model 'm' knows English, French only, and this is mostly in another")
        .contains("tayyar pull ", "serve --model ");
  }
}
