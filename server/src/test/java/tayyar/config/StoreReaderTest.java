package tayyar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.StoreAddress;

final class StoreReaderTest {
  @TempDir private Path folder;

  private StoreAddress read(String yaml, Map<String, String> environment) throws IOException {
    Path file = folder.resolve("tayyar.yaml");
    Files.writeString(file, yaml);
    var all = new java.util.HashMap<>(environment);
    all.put("HOME", folder.toString());
    return ConfigReader.store(new ConfigReader.Flags(file.toString(), "", "", "", ""), all);
  }

  @Test
  void aServerIsNamedByItsUrlAndItsSecretElsewhere() throws Exception {
    Files.writeString(folder.resolve("pass"), "s3cr:t@/\n");
    var its =
        (StoreAddress.Server)
            read(
                "store: postgresql://ledger@a:5432,b/tayyar?sslmode=verify-full\n"
                    + "storePassword: file:pass",
                Map.of());
    assertThat(its.hosts()).isEqualTo("a:5432,b");
    assertThat(its.database()).isEqualTo("tayyar");
    assertThat(its.user()).isEqualTo("ledger");
    assertThat(its.password()).isEqualTo("s3cr:t@/");
    assertThat(its.parameters()).isEqualTo("sslmode=verify-full");
    assertThat(its).hasToString("postgresql://ledger@a:5432,b/tayyar?sslmode=verify-full");
    assertThat(its.journals().getParent()).isEqualTo(folder.resolve(".local/share/tayyar"));
  }

  @Test
  void theUsualVariableOfThePasswordCounts() throws Exception {
    var its = (StoreAddress.Server) read("store: postgres://h/d", Map.of("PGPASSWORD", "x"));
    assertThat(its.password()).isEqualTo("x");
    assertThat(its.user()).isEmpty();
    assertThat(its).hasToString("postgresql://h/d");
  }

  @Test
  void databasesOfOneNameHaveJournalsOfTheirOwn() throws Exception {
    StoreAddress one = read("store: postgresql://a/d", Map.of());
    StoreAddress other = read("store: postgresql://b/d", Map.of());
    assertThat(one.journals()).isNotEqualTo(other.journals());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://u:secret@h/d",
        "postgresql://u:@h/d",
        "postgresql://h/d?password=secret",
        "postgresql://h/d?sslmode=a&sslPassword=secret",
        "postgresql://h",
        "postgresql://h/",
        "postgresql:///d",
        "postgresql://h/d?x",
        "postgresql://h,/d",
        "mysql://h/d"
      })
  void whatIsNoAddressIsRefusedAndItsSecretIsNotTold(String url) {
    assertThatThrownBy(() -> read("store: '" + url + "'", Map.of()))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains("'store' is")
        .doesNotContain("secret");
  }
}
