package tayyar.cli;

import java.util.List;
import tayyar.accounts.AccountStore;
import tayyar.accounts.AccountStore.Organisation;
import tayyar.accounts.LimitStore;
import tayyar.accounts.MissingPrices;
import tayyar.accounts.Movements;
import tayyar.config.Config;
import tayyar.config.ServedModel;
import tayyar.store.Store;
import tools.jackson.databind.json.JsonMapper;

/**
 * A store that a command works on, and where it says what came of it.
 *
 * @param json whether a program reads that
 */
record OpenStore(Console console, Config config, Store store, boolean json) {
  AccountStore accounts() {
    return new AccountStore(store.dataSource(), console.who());
  }

  LimitStore limits() {
    return new LimitStore(store.dataSource(), console.who());
  }

  Movements movements() {
    return new Movements(store.dataSource());
  }

  <T> void print(Sheet<T> sheet, List<T> rows) {
    if (json) {
      print(rows.stream().map(sheet::exact).toList());
    } else {
      sheet.table(rows).print(console.out());
    }
  }

  /** Tells a change: a sentence for people, the whole object for programs. */
  <T> void print(Sheet<T> sheet, T made, String sentence) {
    if (json) {
      print(sheet.exact(made));
    } else {
      console.out().println(Console.shown(sentence));
    }
  }

  void print(Object value) {
    console.out().println(JsonMapper.shared().writeValueAsString(value));
  }

  /** Warns of regions that an organisation requires and that no server is in. */
  void warnOfRegionsWithoutServer(Organisation its) {
    if (its.regions() == null) {
      return;
    }
    List<ServedModel> models = config.models();
    List<String> empty =
        its.regions().stream()
            .filter(region -> models.stream().noneMatch(each -> each.regions().contains(region)))
            .toList();
    if (!empty.isEmpty()) {
      String warning =
          "Without a server: "
              + String.join(", ", empty)
              + (empty.equals(its.regions())
                  ? ". All requests of '" + its.name() + "' get 403 region_not_allowed."
                  : ".");
      console.err().println(Console.shown(warning));
    }
  }

  /** Warns of models that are served and have no price, where somebody pays. */
  void warnOfMissingPrices() {
    List<String> missing = MissingPrices.of(accounts(), Ready.served(config));
    String warning = MissingPrices.sentence(missing);
    if (!warning.isEmpty()) {
      console.err().println(Console.shown(warning));
    }
  }
}
