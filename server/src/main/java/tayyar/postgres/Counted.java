package tayyar.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import tayyar.limits.Answer;
import tayyar.limits.Ask;
import tayyar.limits.Shares;

/** The one statement that asks the counters, in the order of the asks and in one transaction. */
final class Counted {
  private static final String ASK =
      """
      SELECT count_limits(?, ?, its.organisation, CAST(its.counters AS TEXT[]),
        CAST(its.numbers AS BIGINT[]))
      FROM unnest(?, ?, ?) WITH ORDINALITY AS its (organisation, counters, numbers, nth)
      ORDER BY its.nth""";

  private Counted() {}

  /**
   * Asks.
   *
   * @param gateway who asks
   * @return an answer to each
   */
  static List<Answer> of(Connection on, String gateway, List<Ask> asks) throws SQLException {
    List<Answer> answers = new ArrayList<>();
    try (PreparedStatement statement = on.prepareStatement(ASK)) {
      statement.setString(1, gateway);
      statement.setLong(2, Shares.BELIEVED_MILLIS);
      statement.setArray(3, texts(on, asks, Ask::organisation));
      statement.setArray(4, texts(on, asks, Counted::counters));
      statement.setArray(5, texts(on, asks, Counted::numbers));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Long[] numbers = (Long[]) rows.getArray(1).getArray();
          answers.add(Answer.of(asks.get(answers.size()), Arrays.asList(numbers).iterator()));
        }
      }
    }
    return answers;
  }

  private static java.sql.Array texts(Connection on, List<Ask> asks, Function<Ask, String> its)
      throws SQLException {
    return on.createArrayOf("text", asks.stream().map(its).toArray());
  }

  private static String counters(Ask ask) {
    return ask.counters().stream()
        .map(its -> '"' + its.name().replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String numbers(Ask ask) {
    return ask.numbers().stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }
}
