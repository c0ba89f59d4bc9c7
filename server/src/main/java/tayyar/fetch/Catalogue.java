package tayyar.fetch;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tayyar.api.Languages;

/**
 * Open models that know Arabic, by short names; the smallest first. The files' names, sizes,
 * revisions and checksums were read in public repositories that pin the same files, on 2026-11-27;
 * none was fetched from the hub itself. {@code docs/models.md} says more.
 */
public final class Catalogue {
  /** The day on which the sources were read. */
  public static final String LOOKED = "2026-11-27";

  /** What the engine needs beside weights and cache: buffers of a step, the process itself. */
  private static final long BESIDE_BYTES = 500_000_000;

  private static final String APACHE = "Apache-2.0";
  private static final String GEMMA = "Gemma (terms of use)";
  private static final String CC_BY_NC = "CC-BY-NC-4.0 (not commercial)";

  /** The 119 that the makers of Qwen3 name, Arabic's kinds as one. */
  private static final Languages QWEN3 =
      languages(
          "ar en zh yue ja ko fr pt de ro sv da bg ru cs el uk es nl sk hr pl lt nb nn fa sl gu lv"
              + " it oc ne mr be sr lb vec as cy szl ast hne awa mai bho sd ga fo hi pa bn or tg yi"
              + " lmo lij scn fur sc gl ca is sq li prs af mk si ur mag bs hy my he mt id ms tl ceb"
              + " jv su min ban bjn pag ilo war ta te kn ml tr az uz kk ba tt th lo fi et hu vi km"
              + " ka eu ht pap kea tpi sw");

  /** The 23 of Aya Expanse. */
  private static final Languages AYA =
      languages("ar cs de el en es fa fr he hi id it ja ko nl pl pt ro ru tr uk vi zh");

  /**
   * A model.
   *
   * @param name what it is pulled and served by
   * @param repository on the hub
   * @param revision the commit that is fetched, or {@code main} where none is known
   * @param file its name there
   * @param quantisation how its weights are rounded
   * @param bytes of the file
   * @param cacheBytes of the engine's cache for each token; an upper bound
   * @param licence its name
   * @param languages those that its makers name one by one; any where they only tell how many
   * @param spoken the same for people
   * @param tools whether its template has a form of its own for tool calls
   * @param checksum SHA-256 of the file
   * @param certain whether independent public sources agree on size and checksum
   */
  public record Entry(
      String name,
      String repository,
      String revision,
      String file,
      String quantisation,
      long bytes,
      int cacheBytes,
      String licence,
      Languages languages,
      String spoken,
      boolean tools,
      String checksum,
      boolean certain) {

    /**
     * Bytes of memory that serving it takes, roughly.
     *
     * @param tokens of all slots' contexts together
     */
    public long memoryBytes(long tokens) {
      return bytes + cacheBytes * tokens + BESIDE_BYTES;
    }

    Checksum sum() {
      return Checksum.sha256(checksum);
    }
  }

  private static final String BY_QWEN = "119, Arabic and its dialects too";
  private static final String BY_GOOGLE = "more than 140";

  /** All of them, by the memory that they take. */
  public static final List<Entry> ALL =
      List.of(
          qwen(
              "qwen3-0.6b",
              "Qwen3-0.6B",
              "Q8_0",
              "23749fefcc72300e3a2ad315e1317431b06b590a",
              639_446_688L,
              114_688,
              "9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031"),
          qwen(
              "qwen3-1.7b",
              "Qwen3-1.7B",
              "Q8_0",
              "90862c4b9d2787eaed51d12237eafdfe7c5f6077",
              1_834_426_016L,
              114_688,
              "061b54daade076b5d3362dac252678d17da8c68f07560be70818cace6590cb1a"),
          gemma4(
              "gemma4-e2b",
              "gemma-4-E2B-it-qat-q4_0-gguf",
              "gemma-4-E2B_q4_0-it.gguf",
              "675cff42a74c774d6cb76f76d8eacb49b48c9b93",
              3_349_516_256L,
              18_432,
              "fa401b55b07ee70a54c6dae3903c783a6e65064312529ea57175cb5f8dec6634"),
          new Entry(
              "gemma3-4b",
              "ggml-org/gemma-3-4b-it-GGUF",
              "d0976223747697cb51e056d85c532013931fe52e",
              "gemma-3-4b-it-Q4_K_M.gguf",
              "Q4_K_M",
              2_489_757_856L,
              139_264,
              GEMMA,
              Languages.ANY,
              BY_GOOGLE,
              false,
              "882e8d2db44dc554fb0ea5077cb7e4bc49e7342a1f0da57901c0802ea21a0863",
              true),
          qwen(
              "qwen3-4b",
              "Qwen3-4B",
              "Q4_K_M",
              "bc640142c66e1fdd12af0bd68f40445458f3869b",
              2_497_280_256L,
              147_456,
              "7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5"),
          gemma4(
              "gemma4-e4b",
              "gemma-4-E4B-it-qat-q4_0-gguf",
              "gemma-4-E4B_q4_0-it.gguf",
              "4b4a2c1d584be7264f87aac328a1bc739ce81b6c",
              5_154_941_280L,
              57_344,
              "676c35070db6dbe52f93e9c864ee0fba4eddea94b9c875d9cb10daff453fbaee"),
          new Entry(
              "aya-expanse-8b",
              "bartowski/aya-expanse-8b-GGUF",
              "main",
              "aya-expanse-8b-Q4_K_M.gguf",
              "Q4_K_M",
              5_056_982_720L,
              131_072,
              CC_BY_NC,
              AYA,
              "23, Arabic among them",
              false,
              "9592bad943fe56cf93200286a0a4b00a158cd84a408f227b9978ec5879002fb8",
              false),
          qwen(
              "qwen3-8b",
              "Qwen3-8B",
              "Q4_K_M",
              "7c41481f57cb95916b40956ab2f0b139b296d974",
              5_027_783_488L,
              147_456,
              "d98cdcbd03e17ce47681435b5150e34c1417f50b5c0019dd560e4882c5745785"),
          qwen(
              "qwen3-14b",
              "Qwen3-14B",
              "Q4_K_M",
              "530227a7d994db8eca5ab5ced2fb692b614357fd",
              9_001_752_960L,
              163_840,
              "500a8806e85ee9c83f3ae08420295592451379b4f8cf2d0f41c15dffeb6b81f0"),
          gemma4(
              "gemma4-12b",
              "gemma-4-12B-it-qat-q4_0-gguf",
              "gemma-4-12b-it-qat-q4_0.gguf",
              "29d097773436b69ff9feafd636ab4cf873786537",
              6_975_879_296L,
              344_064,
              "93567e57a8fe10b23569b9d9ec38cd005deedf71e29477c421a4b83f418a538b"),
          gemma4(
              "gemma4-26b-a4b",
              "gemma-4-26B-A4B-it-qat-q4_0-gguf",
              "gemma-4-26B_q4_0-it.gguf",
              "d1c082be9cf3c8a514acf63b8761f4b41935842e",
              14_439_363_584L,
              225_280,
              "3eca3b8f6d7baf218a7dd6bba5fb59a56ee25fe2d567b6f5f589b4f697eca51d"),
          qwen(
              "qwen3-30b-a3b",
              "Qwen3-30B-A3B",
              "Q4_K_M",
              "e4d4bafdfb96a411a163846265362aceb0b9c63a",
              18_556_685_824L,
              98_304,
              "0d003f6662faee786ed5da3e31b29c978de5ae5d275c8794c606a7f3c01aa8f5"));

  private Catalogue() {}

  private static Languages languages(String tags) {
    return Languages.of(List.of(tags.split(" ", -1)));
  }

  private static Entry qwen(
      String name,
      String model,
      String quantisation,
      String revision,
      long bytes,
      int cacheBytes,
      String checksum) {
    return new Entry(
        name,
        "Qwen/" + model + "-GGUF",
        revision,
        model + "-" + quantisation + ".gguf",
        quantisation,
        bytes,
        cacheBytes,
        APACHE,
        QWEN3,
        BY_QWEN,
        true,
        checksum,
        true);
  }

  private static Entry gemma4(
      String name,
      String repository,
      String file,
      String revision,
      long bytes,
      int cacheBytes,
      String checksum) {
    return new Entry(
        name,
        "google/" + repository,
        revision,
        file,
        "Q4_0",
        bytes,
        cacheBytes,
        APACHE,
        Languages.ANY,
        BY_GOOGLE,
        true,
        checksum,
        true);
  }

  /** The model of that name, in capitals or not. */
  public static @Nullable Entry find(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return ALL.stream().filter(entry -> entry.name().equals(small)).findFirst().orElse(null);
  }

  /**
   * The one that asks most of a machine and still fits.
   *
   * @param freeBytes of memory
   * @param tokens of all slots' contexts together
   */
  public static @Nullable Entry fitting(long freeBytes, long tokens) {
    Entry best = null;
    for (Entry entry : ALL) {
      long needs = entry.memoryBytes(tokens);
      if (needs <= freeBytes && (best == null || needs > best.memoryBytes(tokens))) {
        best = entry;
      }
    }
    return best;
  }
}
