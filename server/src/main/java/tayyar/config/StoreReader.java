package tayyar.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tayyar.api.StoreAddress;

/** Reads where the store is. */
final class StoreReader {
  /** User, password, hosts, database, parameters. */
  private static final Pattern SERVER =
      Pattern.compile(
          "postgres(?:ql)?://(?:([^/@:?#]*)(:[^/@]*)?@)?([^/?#@,]+(?:,[^/?#@,]+)*)/([^/?#@]+)(?:\\?([^#]*))?");

  private static final Pattern PARAMETERS =
      Pattern.compile("[A-Za-z]+=[^&#?]*(&[A-Za-z]+=[^&#?]*)*");

  private final Path folder;
  private final Map<String, String> environment;

  StoreReader(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /**
   * The store that a flag names, or else the configuration.
   *
   * @param flag empty where there is none: relative to the working folder, and without a password
   */
  StoreAddress read(Section root, String flag) {
    String named = root.value("store", "", StoreReader::checked);
    var secrets = new Secrets(folder, environment);
    String password = root.<@Nullable String>value("storePassword", null, secrets::text);
    if (!flag.isEmpty()) {
      return at(checked("--store", flag), null, Path.of("").toAbsolutePath());
    }
    return named.isEmpty()
        ? new StoreAddress.File(Folders.data(environment).resolve("tayyar.db"))
        : at(named, password, folder);
  }

  private StoreAddress at(String text, @Nullable String password, Path folder) {
    Matcher its = SERVER.matcher(text);
    if (!its.matches()) {
      return new StoreAddress.File(folder.resolve(text));
    }
    String known = password == null ? environment.get("PGPASSWORD") : password;
    return new StoreAddress.Server(
        its.group(3),
        its.group(4),
        Objects.requireNonNullElse(its.group(5), ""),
        Objects.requireNonNullElse(its.group(1), ""),
        known == null || known.isEmpty() ? null : known,
        journals(its.group(3), its.group(4)));
  }

  /** Databases of one name, at several servers, have journals of their own. */
  private Path journals(String hosts, String database) {
    var sum = new CRC32C();
    sum.update((hosts + "/" + database).getBytes(StandardCharsets.UTF_8));
    String name = database.replaceAll("[^A-Za-z0-9_-]", "_");
    String end = HexFormat.of().toHexDigits((int) sum.getValue());
    return Folders.data(environment).resolve(name + "-" + end);
  }

  private static String checked(String name, String text) {
    Matcher server = SERVER.matcher(text);
    String stop = name.startsWith("-") ? "." : "";
    if (server.matches()) {
      if (server.group(2) != null) {
        throw new ConfigException(
            "'%s' is '%s' with a password; write that as storePassword: \"${NAME}\" or file:PATH, or set PGPASSWORD%s"
                .formatted(name, shown(text), stop));
      }
      String parameters = server.group(5);
      if (parameters == null
          || (PARAMETERS.matcher(parameters).matches()
              && !parameters.toLowerCase(Locale.ROOT).contains("password="))) {
        return text;
      }
    }
    String file = text.startsWith("sqlite:") ? text.substring("sqlite:".length()) : text;
    if (file.isBlank() || file.matches("[a-z0-9]{2,}:.*")) {
      throw new ConfigException(
          "'%s' is '%s'; write a file such as sqlite:tayyar.db, or postgresql://USER@HOST/DATABASE%s"
              .formatted(name, shown(text), stop));
    }
    return Text.path(name, file, "tayyar.db").toString();
  }

  private static String shown(String text) {
    return text.replaceAll("//[^/@]*@", "//...@").replaceAll("(?i)(password=)[^&]*", "$1...");
  }
}
