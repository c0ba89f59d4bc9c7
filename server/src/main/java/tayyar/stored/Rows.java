package tayyar.stored;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Column;
import tayyar.api.Room;
import tayyar.api.Storing;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The statements on the table of responses. */
final class Rows {
  private static final String PUT =
      """
      INSERT INTO responses (id, organisation_id, previous_id, created_ms, gateway_id, input_json,
        response_json, events, bytes)
      SELECT ?, organisations.id, ?, ?, ?, ?, ?, ?, ? FROM organisations
      WHERE organisations.id = ? AND erased_ms IS NULL
      ON CONFLICT (id) DO UPDATE SET gateway_id = excluded.gateway_id,
        response_json = excluded.response_json, events = excluded.events, bytes = excluded.bytes""";

  private static final String FIND =
      """
      SELECT previous_id, created_ms, gateway_id, octet_length(input_json)
        + octet_length(response_json), input_json, response_json FROM responses
      WHERE id = ? AND organisation_id = ?""";

  private static final String EVENTS =
      "SELECT events FROM responses WHERE id = ? AND organisation_id = ?";

  private static final String OLDEST =
      """
      DELETE FROM responses WHERE id = (SELECT id FROM responses
        WHERE organisation_id = ? AND gateway_id IS NULL ORDER BY created_ms, id LIMIT 1)""";

  private static final String LOST =
      """
      SELECT id, response_json FROM responses
      WHERE gateway_id IS NOT NULL AND CASE gateway_id WHEN ? THEN ? ELSE
        CASE WHEN gateway_id IN (SELECT gateway_id FROM answering WHERE until_ms >= ?)
          THEN 0 ELSE 1 END END = 1""";

  /** Keeps each number as it was written. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /** Nobody comes back after it. */
  private static final long DAY_MS = 86_400_000;

  /** A longer stream is not kept to be read again: each reader needs the memory of all of it. */
  private static final long EVENTS_MAX =
      Math.clamp(Runtime.getRuntime().maxMemory() / 256, 256L << 10, 4L << 20);

  private Rows() {}

  /**
   * Writes a response, in place of an earlier state of it; nothing where its owner has left.
   *
   * @param bytesMax above which its events are left out
   */
  static void put(Connection on, Kept its, String gateway, int bytesMax) throws SQLException {
    int told = its.input().length + its.response().length;
    byte[] events =
        its.events() == null || its.events().length > EVENTS_MAX
            ? null
            : Packed.deflated(its.events());
    if (events != null && told + events.length > bytesMax) {
      events = null;
    }
    try (PreparedStatement put = on.prepareStatement(PUT)) {
      put.setString(1, its.id());
      String previous = its.previousId();
      put.setString(2, previous == null ? null : Column.text(previous));
      put.setLong(3, its.createdMs());
      put.setString(4, its.running() ? gateway : null);
      put.setString(5, new String(its.input(), StandardCharsets.UTF_8));
      put.setString(6, new String(its.response(), StandardCharsets.UTF_8));
      put.setBytes(7, events);
      put.setInt(8, told + (events == null ? 0 : events.length));
      put.setString(9, its.organisationId());
      put.executeUpdate();
    }
  }

  /** Removes the oldest responses of an organisation that has too many. */
  static void bound(Connection on, String organisationId, Storing most) throws SQLException {
    while (holdsTooMuch(on, organisationId, most) && write(on, OLDEST, organisationId) > 0) {}
  }

  private static boolean holdsTooMuch(Connection on, String organisationId, Storing most)
      throws SQLException {
    String sql = "SELECT responses, bytes FROM responses_held WHERE organisation_id = ?";
    try (PreparedStatement held = bound(on, sql, organisationId);
        ResultSet row = held.executeQuery()) {
      return row.next()
          && (row.getInt(1) > most.organisationResponsesMax()
              || row.getLong(2) > most.organisationBytesMax());
    }
  }

  /**
   * Finds a response.
   *
   * @param room the memory for it
   * @param events whether its events are wanted
   * @throws tayyar.api.Refused if the room is too small
   */
  static @Nullable Kept find(
      Connection on, String organisationId, String id, Room room, boolean events)
      throws SQLException {
    try (PreparedStatement find = bound(on, FIND, id, organisationId);
        ResultSet row = find.executeQuery()) {
      if (!row.next()) {
        return null;
      }
      room.need(row.getLong(4));
      return new Kept(
          id,
          organisationId,
          row.getString(1),
          row.getLong(2),
          row.getString(3) != null,
          row.getString(5).getBytes(StandardCharsets.UTF_8),
          row.getString(6).getBytes(StandardCharsets.UTF_8),
          events ? events(on, organisationId, id, room) : null);
    }
  }

  private static byte @Nullable [] events(
      Connection on, String organisationId, String id, Room room) throws SQLException {
    try (PreparedStatement find = bound(on, EVENTS, id, organisationId);
        ResultSet row = find.executeQuery()) {
      byte[] events = row.next() ? row.getBytes(1) : null;
      if (events == null) {
        return null;
      }
      int length = Packed.length(events);
      room.need(length);
      return Packed.inflated(events, length);
    }
  }

  static int delete(Connection on, String organisationId, String id) throws SQLException {
    return write(
        on, "DELETE FROM responses WHERE id = ? AND organisation_id = ?", id, organisationId);
  }

  /**
   * Removes some of those that are older.
   *
   * @return how many
   */
  static int age(Connection on, long beforeMs, int most) throws SQLException {
    return write(
        on,
        """
        DELETE FROM responses WHERE id IN (SELECT id FROM responses
          WHERE created_ms < ? AND gateway_id IS NULL ORDER BY created_ms LIMIT ?)""",
        beforeMs,
        most);
  }

  /**
   * Ends those that nobody answers any more.
   *
   * @param error the JSON of the error that they failed with
   * @param gateway this one
   * @param own whether its own are lost too, as at its start
   * @return how many
   */
  static int lose(Connection on, String error, String gateway, boolean own, long nowMs)
      throws SQLException {
    on.setAutoCommit(false);
    Map<String, String> lost = new HashMap<>();
    try (PreparedStatement find = bound(on, LOST, gateway, own ? 1 : 0, nowMs);
        ResultSet row = find.executeQuery()) {
      while (row.next()) {
        lost.put(row.getString(1), row.getString(2));
      }
    }
    for (Map.Entry<String, String> each : lost.entrySet()) {
      write(
          on,
          "UPDATE responses SET gateway_id = NULL, response_json = ? WHERE id = ?",
          failed(each.getValue(), error),
          each.getKey());
    }
    on.setAutoCommit(true);
    return lost.size();
  }

  private static String failed(String response, String error) {
    ObjectNode its = (ObjectNode) JSON.readTree(response);
    its.put("status", "failed").set("error", JSON.readTree(error));
    return JSON.writeValueAsString(its);
  }

  /** Says that a gateway lives, and answers what is in progress there. */
  static void answers(Connection on, String gateway, long untilMs) throws SQLException {
    write(on, "DELETE FROM answering WHERE until_ms < ?", untilMs - DAY_MS);
    write(
        on,
        """
        INSERT INTO answering VALUES (?, ?)
        ON CONFLICT (gateway_id) DO UPDATE SET until_ms = excluded.until_ms""",
        gateway,
        untilMs);
  }

  /** Marks one that another gateway answers. */
  static void cancel(Connection on, String organisationId, String id) throws SQLException {
    write(
        on,
        """
        UPDATE responses SET cancelled = 1
        WHERE id = ? AND organisation_id = ? AND gateway_id IS NOT NULL""",
        id,
        organisationId);
  }

  /** The ids of those that a gateway answers and somebody at another one has cancelled. */
  static List<String> cancelled(Connection on, String gateway) throws SQLException {
    String sql = "SELECT id FROM responses WHERE gateway_id = ? AND cancelled = 1";
    try (PreparedStatement marked = bound(on, sql, gateway);
        ResultSet row = marked.executeQuery()) {
      List<String> ids = new ArrayList<>();
      while (row.next()) {
        ids.add(row.getString(1));
      }
      return ids;
    }
  }

  private static int write(Connection on, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = bound(on, sql, values)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement bound(Connection on, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = on.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, Column.of(values[i]));
    }
    return statement;
  }
}
