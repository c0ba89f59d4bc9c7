package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of docs/errors.md and {@link ApiError} say the same. */
class ErrorTableTest {
  private static final Path PAGE =
      Path.of(System.getProperty("tayyar.basedir", "."), "docs/errors.md");
  private static final Pattern ROW =
      Pattern.compile("\\| (\\d{3}) \\| `(\\w+)` \\| (?:`(\\w+)`|-) \\| (\\w+|-) \\|.*");

  private record Row(int status, String type, String code) implements Comparable<Row> {
    @Override
    public int compareTo(Row other) {
      return toString().compareTo(other.toString());
    }
  }

  @Test
  void theyListTheSameErrors() throws IOException {
    assertThat(ofThePage()).isEqualTo(ofTheCode());
  }

  @Test
  void everyMessageNamesWhatItIsAbout() {
    for (Class<?> type : all()) {
      for (RecordComponent component : type.getRecordComponents()) {
        if ((component.getType() == String.class || component.getType() == Scope.class)
            && type != ApiError.Relayed.class) {
          assertThat(made(type).message()).as(type.getSimpleName()).contains("GET.");
        }
      }
      assertThat(made(type).message()).as(type.getSimpleName()).doesNotContain("null");
    }
  }

  /** Those of accounts, of dialects and of the operator's listener by their reason. */
  private static List<Class<?>> all() {
    List<Class<?>> all = new ArrayList<>(List.of(ApiError.class.getPermittedSubclasses()));
    all.removeAll(
        List.of(
            ApiError.OfAccount.class,
            ApiError.OfLimit.class,
            ApiError.OfWorker.class,
            ApiError.OfAdmin.class,
            ApiError.OfDialect.class));
    all.addAll(List.of(DialectFault.class.getPermittedSubclasses()));
    all.addAll(List.of(AccountFault.class.getPermittedSubclasses()));
    all.addAll(List.of(LimitFault.class.getPermittedSubclasses()));
    all.addAll(List.of(WorkerFault.class.getPermittedSubclasses()));
    all.addAll(List.of(AdminFault.class.getPermittedSubclasses()));
    return all;
  }

  private static Set<Row> ofThePage() throws IOException {
    var rows = new TreeSet<Row>();
    for (String line : Files.readAllLines(PAGE)) {
      var match = ROW.matcher(line);
      if (match.matches()) {
        String code = match.group(3) == null ? "-" : match.group(3);
        rows.add(new Row(Integer.parseInt(match.group(1)), match.group(2), code));
      }
    }
    return rows;
  }

  private static Set<Row> ofTheCode() {
    var rows = new TreeSet<Row>();
    for (Class<?> type : all()) {
      if (type != ApiError.Relayed.class) {
        ApiError error = made(type);
        String code = error.code();
        rows.add(new Row(error.status(), error.type(), code == null ? "-" : code));
      }
    }
    return rows;
  }

  private static ApiError made(Class<?> type) {
    List<RecordComponent> components = Arrays.asList(type.getRecordComponents());
    Class<?>[] types = components.stream().map(RecordComponent::getType).toArray(Class[]::new);
    Object[] values = components.stream().map(c -> value(c.getType())).toArray();
    try {
      Object made = type.getDeclaredConstructor(types).newInstance(values);
      return switch (made) {
        case AccountFault fault -> new ApiError.OfAccount(fault);
        case LimitFault fault -> new ApiError.OfLimit(fault);
        case DialectFault fault -> new ApiError.OfDialect(fault);
        case WorkerFault fault -> new ApiError.OfWorker(fault);
        case AdminFault fault -> new ApiError.OfAdmin(fault);
        default -> (ApiError) made;
      };
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static Object value(Class<?> type) {
    if (type == int.class) {
      return 7;
    }
    if (type == boolean.class) {
      return true;
    }
    if (type == Scope.class) {
      return new Scope(Scope.Level.PLAN, "GET.", "org_1", Limits.ofRequests(7));
    }
    if (type == Instant.class) {
      return Instant.EPOCH;
    }
    if (type == long.class) {
      return 7L;
    }
    if (type == LimitFault.Spend.Period.class) {
      return LimitFault.Spend.Period.DAY;
    }
    return type == String.class ? "GET." : Outcome.Phase.TOTAL;
  }
}
