package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Movements;
import tayyar.accounts.Reconciliation;
import tayyar.api.StoreAddress;
import tayyar.keys.KeyStore;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tayyar.store.Store;
import tayyar.testing.Requests;

/**
 * A loaded server is killed again and again, at random moments. Each request that gave a byte to
 * its client has its one row afterwards, at least with the tokens that the client got; rows, sums
 * and balance agree.
 */
@Tag("socket")
class KillsTest {
  private static final int CLIENTS = 6;
  private static final long SEED = 20_261_127;
  private static final long GRANTED = 1_000_000_000_000L;

  private static final Pattern TEXT = Pattern.compile("^data: .*\"content\":\"[^\"]");

  @TempDir Path home;

  private final Map<String, Integer> got = new ConcurrentHashMap<>();
  private final List<Throwable> troubles = new CopyOnWriteArrayList<>();

  private record Row(String code, int completion, long amount) {}

  /** How often the server is killed. */
  int kills() {
    return 50;
  }

  /** Where its store is. */
  StoreAddress at() {
    return new StoreAddress.File(home.resolve(".local/share/tayyar/tayyar.db"));
  }

  /** More lines of its configuration. */
  String settings(int kill) {
    return "";
  }

  @Test
  void nothingThatAClientGotIsWithoutItsRow() throws Exception {
    var random = new Random(SEED);
    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    String key = key();
    try (Simulator simulator = Simulator.start(any, Script.of("tokens=60 pace=3ms"))) {
      pays();
      String configuration =
          "models: [{ name: sim, targets: [{ url: \"http://127.0.0.1:%d/v1\" }] }]\n"
              .formatted(simulator.address().getPort());
      for (int kill = 0; kill < kills(); kill++) {
        try (Run server = Run.serve(home, List.of(), configuration + settings(kill))) {
          InetSocketAddress address = server.address();
          try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            for (int client = 0; client < CLIENTS; client++) {
              long seed = random.nextLong();
              clients.submit(() -> ask(address, key, new Random(seed)));
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(20, 500));
            server.signal("KILL");
          }
        }
      }
      try (Run last = Run.serve(home, List.of(), configuration + settings(kills()))) {
        last.address();
        last.signal("TERM");
        assertThat(last.status()).isEqualTo(143);
      }
    }
    assertThat(troubles).isEmpty();
    assertThat(got).hasSizeGreaterThan(kills());
    agree();
  }

  private Store store() {
    return Store.open(at());
  }

  private String key() {
    try (Store store = store()) {
      return new KeyStore(store.dataSource()).create("", 100_000).secret();
    }
  }

  /** A token read costs a billionth, a token written two. */
  private void pays() {
    try (Store store = store()) {
      var accounts = new AccountStore(store.dataSource());
      accounts.setPrice("sim", 1_000_000, 1_000_000, 1_000_000, 2_000_000, 0, null);
      new Movements(store.dataSource())
          .add("org_default", Movements.Kind.TOP_UP, GRANTED, "", null, "test");
      accounts.changePays("default", true);
    }
  }

  /** Asks one thing after the other until the server is gone. */
  private void ask(InetSocketAddress address, String key, Random random) {
    try {
      while (true) {
        String words =
            "[[tokens=%d pace=%dms]]".formatted(random.nextInt(1, 120), random.nextInt(5));
        boolean stream = random.nextInt(4) > 0;
        String model = random.nextInt(8) == 0 ? "none" : "sim";
        one(address, Requests.post(key, Requests.chat(model, words, stream).toString()));
      }
    } catch (IOException e) {
      // The server was killed.
    } catch (RuntimeException e) {
      troubles.add(e);
    }
  }

  private void one(InetSocketAddress address, String request) throws IOException {
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String id = "";
      int tokens = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("X-Request-Id: ")) {
          id = line.substring("X-Request-Id: ".length());
          got.put(id, 0);
        } else if (TEXT.matcher(line).find()) {
          got.put(id, ++tokens);
        } else if (line.equals("data: [DONE]") || line.equals("0") || line.startsWith("{")) {
          return;
        }
      }
      throw new IOException("it ended");
    }
  }

  private void agree() throws SQLException {
    try (Store store = store()) {
      Map<String, Row> rows = rows(store);
      long[] sum = {0};
      rows.values().forEach(row -> sum[0] += row.amount());
      got.forEach(
          (id, tokens) -> {
            Row row = rows.get(id);
            assertThat(row).as("the row of " + id + " with " + tokens + " tokens").isNotNull();
            assertThat(row == null ? -1 : row.completion()).as(id).isBetween(tokens, 120);
          });
      assertThat(rows.values().stream().filter(row -> row.code().equals("gateway_killed")))
          .as("some were under way")
          .hasSizeGreaterThan(kills());
      var its = new AccountStore(store.dataSource()).organisation("default");
      assertThat(its.used()).isEqualTo(sum[0]);
      assertThat(Reconciliation.of(store.dataSource()).differences()).isZero();
    }
  }

  private static Map<String, Row> rows(Store store) throws SQLException {
    Map<String, Row> all = new HashMap<>();
    try (Connection on = store.dataSource().getConnection();
        Statement ask = on.createStatement();
        ResultSet row = ask.executeQuery("SELECT * FROM requests")) {
      while (row.next()) {
        all.put(
            row.getString("request_id"),
            new Row(
                String.valueOf(row.getString("error_code")),
                row.getInt("completion_tokens"),
                row.getLong("amount")));
      }
    }
    return all;
  }
}
