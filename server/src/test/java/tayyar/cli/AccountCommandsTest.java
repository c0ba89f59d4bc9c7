package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Organisations, projects, plans, prices and balances, as an operator writes them. */
final class AccountCommandsTest {
  @TempDir private Path home;

  private Said say(String... args) {
    return Said.by(home, args);
  }

  private static String[] and(String[] args, String last) {
    return Stream.concat(Arrays.stream(args), Stream.of(last)).toArray(String[]::new);
  }

  private String store() {
    return "Store: " + home.resolve(".local/share/tayyar/tayyar.db") + "\n";
  }

  /** It worked, and named its store and no trouble. */
  private Said good(String... args) {
    Said said = say(args);
    assertThat(said.err()).isEqualTo(store());
    assertThat(said.status()).isZero();
    return said;
  }

  /** It was refused, once the store was open, with a sentence. */
  private void refused(String sentence, String... args) {
    Said said = say(args);
    assertThat(said.err()).isEqualTo(store() + sentence + "\n");
    assertThat(said.out()).isEmpty();
    assertThat(said.status()).isEqualTo(1);
  }

  @Test
  void anOrganisationIsMadeChangedAndSuspended() {
    assertThat(good("plans", "set", "small", "--models", "a, b", "--overdraft", "1.5").out())
        .isEqualTo("The plan 'small' has a, b and an overdraft of 1.5000 EGP.\n");
    assertThat(good("orgs", "create", "acme", "--plan", "small", "--zone", "UTC").out())
        .isEqualTo("The organisation 'acme' pays nothing, with the plan 'small'.\n");
    assertThat(good("orgs", "change", "acme", "--no-plan").out())
        .isEqualTo("The organisation 'acme' pays nothing, without a plan.\n");
    assertThat(good("orgs", "suspend", "acme").out())
        .isEqualTo("The organisation 'acme' pays nothing, without a plan; it is suspended.\n");

    List<String> rows = good("orgs", "list").lines();
    assertThat(rows).hasSize(3);
    assertThat(rows.getFirst())
        .matches(
            "ID +NAME +PLAN +PAYS +BALANCE +CURRENCY +ZONE +CREATED +REGIONS +NETWORKS +SUSPENDED");
    assertThat(rows.getLast())
        .matches("org_\\w+ +acme +- +no +0\\.0000 +EGP +UTC +\\S+ \\S+ +any +any +2.*");
    assertThat(good("orgs", "resume", "acme").out()).doesNotContain("suspended");
    assertThat(good("orgs", "list", "--json").json().get(1).path("suspended").isNull()).isTrue();
  }

  @Test
  void aPlanKeepsWhatIsNotNamed() {
    good("plans", "set", "small", "--models", "a", "--overdraft", "2");
    good("plans", "set", "small", "--overdraft", "3");
    JsonNode plan = good("plans", "list", "--json").json().get(0);
    assertThat(plan.path("models").get(0).asString()).isEqualTo("a");
    assertThat(plan.path("overdraft").asString()).isEqualTo("3");
    good("plans", "set", "small", "--all-models");
    plan = good("plans", "list", "--json").json().get(0);
    assertThat(plan.path("models").isNull()).isTrue();
    assertThat(plan.path("overdraft").asString()).isEqualTo("3");
    assertThat(good("plans", "list").lines().getLast()).matches("small +all +3\\.0000 +EGP");
  }

  @Test
  void projectsBelongToOrganisations() {
    good("orgs", "create", "acme");
    assertThat(good("projects", "create", "acme/search").out())
        .isEqualTo("'search' is a project of 'acme' now.\n");
    assertThat(good("projects", "list", "--org", "acme").lines())
        .hasSize(3)
        .last()
        .asString()
        .matches("proj_\\w+ +acme +search +.*Z");
    assertThat(good("projects", "list").lines()).hasSize(4);
    refused("The project 'search' is there already.", "projects", "create", "acme/search");
    refused("There is no organisation 'other'.", "projects", "create", "other/search");
    say("projects", "create", "search")
        .isRefused(1, "'search' names no project; write one as acme/search.");
  }

  @Test
  void aPriceIsAddedAndTheLastOneStays() {
    assertThat(good("prices", "set", "llama", "--input", "10", "--output", "30.5").out())
        .matches(
            "A million tokens of 'llama' cost 10 EGP to read and 30.5 EGP to write, from .*Z on\\.\n");
    good(
        "prices",
        "set",
        "llama",
        "--input",
        "8",
        "--output",
        "20",
        "--cached-input",
        "0.1",
        "--request",
        "0.000000001",
        "--from",
        "7d");

    JsonNode prices = good("prices", "list", "--json").json();
    assertThat(prices.size()).isEqualTo(2);
    assertThat(prices.get(0).path("cached_input").asString()).isEqualTo("10");
    assertThat(prices.get(1).path("cached_input").asString()).isEqualTo("0.1");
    assertThat(prices.get(1).path("request").asString()).isEqualTo("0.000000001");
    assertThat(prices.get(1).path("currency").asString()).isEqualTo("EGP");
    assertThat(good("prices", "list").lines().get(1))
        .matches("llama +10\\.0000 +10\\.0000 +10\\.0000 +30\\.5000 +0\\.0000 +EGP +.*Z");
  }

  @Test
  void modelsWithoutAPriceAreToldWhereSomebodyPays() throws Exception {
    Path config = home.resolve("tayyar.yaml");
    Files.writeString(
        config,
        """
        models:
          - { name: llama, targets: [{ url: "http://127.0.0.1:9" }] }
          - { name: qwen, targets: [{ url: "http://127.0.0.1:9" }] }
        """);
    String[] list = {"prices", "list", "--config", config.toString()};
    good("prices", "set", "qwen", "--input", "1", "--output", "1", "--from", "1d");
    good(list);
    good("prices", "set", "llama", "--input", "1", "--output", "1", "--config", config.toString());

    String warning = "Without a price: qwen. Organisations that pay get 503 no_price.\n";
    Said paying = say("orgs", "create", "acme", "--pays", "--config", config.toString());
    assertThat(paying.err()).isEqualTo(store() + warning);
    assertThat(paying.status()).isZero();
    assertThat(say(list).err()).isEqualTo(store() + warning);
  }

  @Test
  void aBalanceIsToppedUpOnceAndCorrected() {
    good("orgs", "create", "acme");
    String[] paid = {"balance", "top-up", "acme", "100", "--idempotency-key", "invoice-17"};
    assertThat(good(paid).out()).isEqualTo("'acme' has 100.0000 EGP now.\n");
    assertThat(good(paid).out()).isEqualTo("'acme' has 100.0000 EGP now.\n");
    assertThat(good("balance", "grant", "acme", "0.5", "--note", "to try").out())
        .isEqualTo("'acme' has 100.5000 EGP now.\n");
    JsonNode taken = good("balance", "correct", "acme", "-12.25", "--json").json();
    assertThat(taken.path("amount").asString()).isEqualTo("-12.25");
    assertThat(taken.path("balance").asString()).isEqualTo("88.25");
    assertThat(taken.path("kind").asString()).isEqualTo("correction");

    assertThat(good("balance", "movements", "acme").lines())
        .hasSize(4)
        .element(2)
        .asString()
        .matches("\\d+ +.*Z +grant +0\\.5000 +EGP +to try +command line");
    assertThat(good("balance", "show", "acme").lines().getLast())
        .matches("acme +no +88\\.2500 +0\\.0000 +88\\.2500 +EGP");
    assertThat(good("balance", "show", "--json").json().get(1).path("granted").asString())
        .isEqualTo("88.25");
    refused(
        "The idempotency key 'invoice-17' was used for another movement.",
        "balance",
        "top-up",
        "acme",
        "99",
        "--idempotency-key",
        "invoice-17");
  }

  /** A sum that does not fit would be read by no server any more. */
  @Test
  void noSumGrowsBeyondWhatANumberHolds() {
    good("orgs", "create", "acme");
    refused(
        "The amount is more than 1000000000 at once.", "balance", "grant", "acme", "1000000001");
    for (int i = 0; i < 4; i++) {
      good("balance", "grant", "acme", "1000000000");
    }
    refused(
        "All movements together would be more than 4000000000.", "balance", "grant", "acme", "1");
    assertThat(good("balance", "show", "acme").out()).contains("4000000000.0000");
    good("balance", "correct", "acme", "-1000000000");
    refused(
        "An overdraft is from 0 to 1000000000.", "plans", "set", "p", "--overdraft", "1000000001");
  }

  @Test
  void mistakesAreSentences() {
    good("orgs", "create", "acme");
    refused("The organisation 'acme' is there already.", "orgs", "create", "acme");
    refused("There is no plan 'large'.", "orgs", "create", "other", "--plan", "large");
    refused("There is no organisation 'other'.", "orgs", "suspend", "other");
    refused("There is no organisation 'other'.", "balance", "show", "other");
    refused("The amount has to be above zero.", "balance", "top-up", "acme", "-1");
    refused("A name has 1 to 100 characters on one line.", "projects", "create", "acme/");
    say("orgs", "create", "x", "--zone", "Cairo")
        .isRefused(1, "'Cairo' is no time zone; write one as Africa/Cairo.");
    say("orgs", "change", "acme")
        .isRefused(
            1,
            "Say what to change: --plan, --no-plan, --pays, --free, --regions, --any-region,"
                + " --networks, --any-network or --zone.");
    say("orgs", "change", "acme", "--pays", "--free")
        .isRefused(1, "--pays and --free exclude each other.");
    say("orgs", "change", "acme", "--plan", "x", "--no-plan")
        .isRefused(1, "--plan and --no-plan exclude each other.");
    say("plans", "set", "x", "--models", "a,,b")
        .isRefused(1, "--models: write names such as llama-8b,qwen.");
    say("plans", "set", "x", "--models", "a", "--all-models")
        .isRefused(1, "--models and --all-models exclude each other.");
    say("balance", "top-up", "acme", "much")
        .isRefused(1, "AMOUNT: 'much' is no amount; write one such as 12.50.");
    say("prices", "set", "m", "--input", "-1", "--output", "1")
        .isRefused(1, "--input is -1; it must be from 0 to 1000000.");
    say("prices", "set", "m", "--input", "1")
        .isRefused(2, "Missing required option: '--output=AMOUNT'. See tayyar prices set --help.");
    say("prices", "set", "m", "--input", "1", "--output", "1", "--from", "soon")
        .isRefused(1, "--from: 'soon' is no time; write 30d, 12h, 2026-12-31 or 2026-12-31T18:00.");
    refused(
        "A price holds from now on or from a later moment.",
        "prices",
        "set",
        "m",
        "--input",
        "1",
        "--output",
        "1",
        "--from",
        "2020-01-01");
  }

  @Test
  void namesCannotBreakTheTable() {
    say("balance", "grant", "default", "1", "--note", "two\nlines")
        .isRefused(
            1,
            "--note has a character that is none for the screen; write letters, digits and signs.");
    refused("A name has 1 to 100 characters on one line.", "orgs", "create", "two\nlines");
    good("orgs", "create", "red\u009b31m");
    assertThat(good("orgs", "list").out()).doesNotContain("\u009b");
  }

  @Test
  void limitsAreSetOfEachLevelAndKeepWhatIsNotNamed() {
    good("orgs", "create", "acme");
    say("keys", "create", "--name", "app", "--project", "acme");
    assertThat(good("limits", "set", "--org", "acme", "--tpm", "5000", "--day", "1.5").lines())
        .last()
        .asString()
        .matches("organisation +acme +- +5000 +- +- +1\\.5000 +- +EGP");
    good("limits", "set", "--org", "acme", "--at-once", "4");
    good("limits", "set", "--key", "app", "--rpm", "7", "--tokens", "900");
    assertThat(good("limits", "list").lines())
        .hasSize(3)
        .last()
        .asString()
        .matches("key +app +7 +- +- +900 +- +- +EGP");
    JsonNode all = good("limits", "list", "--json").json();
    assertThat(all.get(0).path("tokens_per_minute").asInt()).isEqualTo(5000);
    assertThat(all.get(0).path("requests_at_once").asInt()).isEqualTo(4);
    assertThat(all.get(0).path("spend_per_day").asString()).isEqualTo("1.5");
    good("limits", "set", "--org", "acme", "--at-once", "0", "--tpm", "0", "--day", "0");
    assertThat(good("limits", "list").lines()).hasSize(2);

    refused("There is no project 'acme/x'.", "limits", "set", "--project", "acme/x", "--rpm", "1");
    refused("A limit is 1 or more; 0 is none.", "limits", "set", "--org", "acme", "--rpm", "-1");
    refused(
        "A key needs at least 1 request a minute.", "limits", "set", "--key", "app", "--rpm", "0");
    say("limits", "set", "--org", "acme")
        .isRefused(1, "Say which limit: --rpm, --tpm, --at-once, --tokens, --day or --month.");
  }

  @Test
  void theCurrencyIsChosenBeforeTheFirstAmount() {
    assertThat(good("currency", "USD").out()).isEqualTo("The currency is USD.\n");
    assertThat(good("currency", "--json").out()).isEqualTo("{\"currency\":\"USD\"}\n");
    assertThat(say("currency", "usd").err()).contains("'usd' is no currency; write three to eight");
    good("prices", "set", "m", "--input", "1", "--output", "1");
    assertThat(say("currency", "EGP").err())
        .contains("There is a price already, so the currency can't be changed.");
    assertThat(good("currency", "USD").out()).isEqualTo("The currency is USD.\n");
    JsonNode change = good("audit", "--kind", "currency", "--json").json();
    assertThat(change).hasSize(1);
    assertThat(change.get(0).at("/before/code").asString()).isEqualTo("EGP");
    assertThat(change.get(0).at("/after/code").asString()).isEqualTo("USD");
  }

  @Test
  void aMovementKeepsTheCurrencyToo() {
    good("orgs", "create", "acme");
    good("balance", "grant", "acme", "1");
    assertThat(say("currency", "USD").err()).contains("There is a movement of a balance already");
  }

  @Test
  void anOrganisationsZoneIsChanged() {
    good("orgs", "create", "acme");
    good("orgs", "change", "acme", "--zone", "Europe/Berlin");
    assertThat(good("orgs", "list", "--json").json().get(1).path("zone").asString())
        .isEqualTo("Europe/Berlin");
    assertThat(say("orgs", "change", "acme", "--zone", "Berlin").err())
        .contains("'Berlin' is no time zone");
  }

  @Test
  void regionsAreRequiredAndTakenAway() throws Exception {
    good("orgs", "create", "acme");
    Path config = home.resolve("tayyar.yaml");
    Files.writeString(
        config,
        """
        models:
          - { name: a, targets: [{ url: "http://127.0.0.1:9", region: eg }] }
          - { name: b, region: eu, targets: [{ url: "http://127.0.0.1:9" }] }
        """);
    String[] change = {"orgs", "change", "acme", "--config", config.toString(), "--regions"};
    assertThat(say(and(change, "eg,sa")).err())
        .isEqualTo(store() + "Without a server: sa, which 'acme' allows.\n");
    String none = "Without a server: EG, sa. All requests of 'acme' get 403 region_not_allowed.\n";
    assertThat(say(and(change, "EG,sa")).err()).isEqualTo(store() + none);
    assertThat(good(and(change, "eg, eu")).out())
        .isEqualTo("The organisation 'acme' pays nothing, without a plan, in eg, eu.\n");
    assertThat(good("orgs", "list", "--json").json().get(1).path("regions").get(1).asString())
        .isEqualTo("eu");
    assertThat(good("orgs", "list").lines().getLast()).contains(" eg,eu    any ");
    say("orgs", "change", "acme", "--pays");
    assertThat(good("orgs", "list").lines().getLast()).contains(" eg,eu ");
    assertThat(good("orgs", "change", "acme", "--any-region", "--free").out())
        .isEqualTo("The organisation 'acme' pays nothing, without a plan.\n");
    refused("Regions are 1 to 100 words such as eg.", "orgs", "change", "acme", "--regions", "e g");
    say("orgs", "change", "acme", "--regions", "eg", "--any-region")
        .isRefused(1, "--regions and --any-region exclude each other.");
  }

  @Test
  void requestsMayBeBoundToNetworks() {
    good("orgs", "create", "acme");
    assertThat(good("orgs", "change", "acme", "--networks", "10.0.0.0/8, ::1").out())
        .isEqualTo("The organisation 'acme' pays nothing, without a plan, from 10.0.0.0/8, ::1.\n");
    assertThat(good("orgs", "list").lines().getLast()).contains(" any      10.0.0.0/8,::1 ");
    JsonNode networks = good("orgs", "list", "--json").json().get(1).path("networks");
    assertThat(networks.valueStream().map(JsonNode::asString)).containsExactly("10.0.0.0/8", "::1");
    assertThat(say("orgs", "change", "acme", "--pays").out()).contains("from 10.0.0.0/8, ::1.");
    String says = "Networks are 1 to 100 addresses or networks such as 10.0.0.0/8 or 2001:db8::1.";
    for (String wrong : List.of("10.0.0.0/33", "", "10.0.0.0/8,", "proxy.example")) {
      refused(says, "orgs", "change", "acme", "--networks", wrong);
    }
    assertThat(good("orgs", "change", "acme", "--any-network", "--free").out())
        .isEqualTo("The organisation 'acme' pays nothing, without a plan.\n");
    say("orgs", "change", "acme", "--networks", "::1", "--any-network")
        .isRefused(1, "--networks and --any-network exclude each other.");
    assertThat(good("audit", "--json").out()).contains("\"networks\":[\"10.0.0.0/8\",\"::1\"]");
  }
}
