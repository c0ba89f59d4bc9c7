package tayyar.api;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where keys, accounts and the ledger are kept. Its text, for people, holds no secret. */
public sealed interface StoreAddress {
  /**
   * The path whose name journals of requests under way begin with. They are files of this machine,
   * also where the store is elsewhere.
   */
  Path journals();

  /**
   * An SQLite file.
   *
   * @param path absolute
   */
  record File(Path path) implements StoreAddress {
    /** Makes the path absolute. */
    public File {
      path = path.toAbsolutePath().normalize();
    }

    @Override
    public Path journals() {
      return path;
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * A database of a PostgreSQL server.
   *
   * @param hosts as {@code db:5432}; several, with a comma between them, for one that has standbys
   * @param parameters of the driver, as {@code sslmode=require}, or empty
   * @param user or empty for the driver's own default
   * @param password or null, where the server asks for none or the driver finds one in PGPASSFILE
   */
  record Server(
      String hosts,
      String database,
      String parameters,
      String user,
      @Nullable String password,
      Path journals)
      implements StoreAddress {
    @Override
    public String toString() {
      String who = user.isEmpty() ? "" : user + "@";
      String how = parameters.isEmpty() ? "" : "?" + parameters;
      return "postgresql://" + who + hosts + "/" + database + how;
    }
  }
}
