package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Usage;
import tools.jackson.core.JsonParser;

/** The tokens as servers tell them, and what of it can be right. */
class UsageReaderTest {
  private final UsageReader reader = new UsageReader();

  private @Nullable Usage read(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(UTF_8);
    try (JsonParser p = LooseJson.parser(bytes, 0, bytes.length)) {
      return reader.read(p, p.nextToken());
    }
  }

  private static String brief(@Nullable Usage usage) {
    return usage == null
        ? "none"
        : usage.promptTokens()
            + " "
            + usage.completionTokens()
            + " "
            + usage.cachedTokens()
            + (usage.details().isEmpty() ? "" : " " + usage.details());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "OpenAI|{'prompt_tokens':10,'completion_tokens':50,'total_tokens':60,'prompt_tokens_details':{'cached_tokens':4,'audio_tokens':0},'completion_tokens_details':{'reasoning_tokens':40,'audio_tokens':0}}|10 50 4 {reasoning_tokens=40}",
        "xAI, thinking in the total alone|{'prompt_tokens':10120,'completion_tokens':1499,'total_tokens':14428,'completion_tokens_details':{'reasoning_tokens':2809}}|10120 4308 0 {reasoning_tokens=2809}",
        "Gemini, the same without a number|{'prompt_tokens':10,'completion_tokens':20,'total_tokens':500}|10 490 0",
        "Vertex, all was thinking|{'prompt_tokens':11,'total_tokens':595}|11 584 0",
        "all was thinking, told as 0|{'prompt_tokens':11,'completion_tokens':0,'total_tokens':595}|11 584 0",
        "the cached ones in the total alone|{'prompt_tokens':10,'completion_tokens':5,'total_tokens':75,'cached_tokens':60}|70 5 60",
        "a total that nothing explains|{'prompt_tokens':10,'completion_tokens':5,'total_tokens':75,'completion_tokens_details':{'reasoning_tokens':3}}|10 5 0 {reasoning_tokens=3}",
        "a total that is too small|{'prompt_tokens':10,'completion_tokens':5,'total_tokens':5}|10 5 0",
        "no prompt|{'completion_tokens':5,'total_tokens':15}|10 5 0",
        "DeepSeek|{'prompt_tokens':70,'completion_tokens':30,'total_tokens':100,'prompt_cache_hit_tokens':64,'prompt_cache_miss_tokens':6}|70 30 64",
        "Moonshot|{'prompt_tokens':70,'completion_tokens':30,'cached_tokens':64}|70 30 64",
        "Responses|{'input_tokens':70,'output_tokens':30,'total_tokens':100,'input_tokens_details':{'cached_tokens':8},'output_tokens_details':{'reasoning_tokens':7}}|70 30 8 {reasoning_tokens=7}",
        "fractions|{'prompt_tokens':70.0,'completion_tokens':29.6}|70 30 0",
        "strings|{'prompt_tokens':'70','completion_tokens':' 30 '}|70 30 0",
        "Ollama, a prompt that was cached|{'prompt_tokens':0,'completion_tokens':30}|0 30 0",
        "more cached than there was|{'prompt_tokens':10,'completion_tokens':3,'cached_tokens':64}|10 3 10",
        "nothing written|{'prompt_tokens':10,'completion_tokens':0}|10 0 0",
        "zeros|{'prompt_tokens':0,'completion_tokens':0,'total_tokens':0}|none",
        "nothing|{}|none",
        "nulls|{'prompt_tokens':null,'completion_tokens':null,'total_tokens':null}|none",
        "a prompt alone|{'prompt_tokens':9}|none",
        "too much|{'prompt_tokens':3000000000,'completion_tokens':99999999999999999999}|none",
        "too much of one|{'prompt_tokens':3000000000,'completion_tokens':1}|0 1 0",
        "less than nothing|{'prompt_tokens':-3,'completion_tokens':4}|0 4 0",
        "no numbers|{'prompt_tokens':NaN,'completion_tokens':Infinity,'total_tokens':true}|none",
        "words|{'prompt_tokens':'many','completion_tokens':{'a':1}}|none",
        "null|null|none",
        "a list|[{'completion_tokens':1}]|none",
        "details of any kind|{'prompt_tokens':1,'completion_tokens':2,'completion_tokens_details':{'b_tokens':2,'a_tokens':1,'Odd':3,'x':0}}|1 2 0 {a_tokens=1, b_tokens=2}",
      })
  void isRead(String server, String json, String usage) {
    assertThat(brief(read(json))).as(server).isEqualTo(usage);
  }

  /** What says nothing takes nothing back; what says more counts. */
  @Test
  void whatWasToldStays() {
    assertThat(brief(read("{'prompt_tokens':0,'completion_tokens':0}"))).isEqualTo("none");
    assertThat(brief(read("{'prompt_tokens':70}"))).isEqualTo("none");
    assertThat(brief(read("{'completion_tokens':1}"))).isEqualTo("70 1 0");
    assertThat(
            brief(
                read(
                    "{'prompt_tokens':71,'completion_tokens':30,'cached_tokens':8,"
                        + "'completion_tokens_details':{'reasoning_tokens':5}}")))
        .isEqualTo("71 30 8 {reasoning_tokens=5}");
    assertThat(read("{'prompt_tokens':0,'completion_tokens':0,'cached_tokens':0}")).isNull();
    assertThat(read("{}")).isNull();
    assertThat(brief(read("{'prompt_tokens':71,'completion_tokens':31}")))
        .isEqualTo("71 31 8 {reasoning_tokens=5}");
    assertThat(reader.take(72, 0, UsageReader.UNTOLD, Map.of()))
        .isEqualTo(new Usage(72, 31, 8, 0, false, Map.of("reasoning_tokens", 5)));
  }

  /** OpenRouter's name, LiteLLM's, and Anthropic's own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'prompt_tokens_details':{'cached_tokens':8,'cache_write_tokens':20}",
        "'prompt_tokens_details':{'cache_creation_tokens':20,'cached_tokens':8}",
        "'cache_creation_input_tokens':20,'prompt_tokens_details':{'cached_tokens':8}"
      })
  void tokensWrittenIntoACacheAreToldBySeveralNames(String told) {
    assertThat(read("{'prompt_tokens':71,'completion_tokens':3," + told + "}"))
        .isEqualTo(new Usage(71, 3, 8, 20, false, Map.of()));
  }
}
