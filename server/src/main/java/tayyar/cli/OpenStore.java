package tayyar.cli;

import java.util.List;
import tayyar.accounts.AccountStore;
import tayyar.accounts.LimitStore;
import tayyar.accounts.Movements;
import tayyar.accounts.Warnings;
import tayyar.config.Config;
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

  /** Warns of what refuses requests although the servers are well. */
  void warn() {
    Warnings.of(accounts(), Ready.served(config), Ready.regions(config))
        .sentences()
        .forEach(sentence -> console.err().println(Console.shown(sentence)));
  }
}
