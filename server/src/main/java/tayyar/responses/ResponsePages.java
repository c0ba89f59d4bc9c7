package tayyar.responses;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.DialectFault;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.Reply;
import tayyar.dialect.Talker;
import tayyar.http.Document;
import tayyar.http.Question;
import tayyar.http.Route;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;
import tayyar.openai.JsonBody;
import tayyar.stored.Kept;
import tayyar.stored.Shelf;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The pages of stored responses. Where none may be stored they are there too, and say so.
 * Thread-safe.
 */
public final class ResponsePages {
  private static final String PATH = "/v1/responses";
  private static final int LIMIT = 20;
  private static final int LIMIT_MAX = 100;
  private static final int CANCEL_SECONDS = 5;

  private final @Nullable Shelf shelf;
  private final Runs runs;
  private final Bounds bounds;
  private final Function<String, @Nullable ApiError> fault;
  private final ClientDialect dialect;

  ResponsePages(
      @Nullable Shelf shelf,
      Runs runs,
      Bounds bounds,
      Function<String, @Nullable ApiError> fault,
      ClientDialect dialect) {
    this.shelf = shelf;
    this.runs = runs;
    this.bounds = bounds;
    this.fault = fault;
    this.dialect = dialect;
  }

  /**
   * Ends all readers of events whose keys have become void; any thread.
   *
   * @param faults by the keys' ids
   */
  public void end(Map<String, ApiError> faults) {
    runs.end(faults);
  }

  /** Where they are. */
  public List<Route> routes() {
    var get = new Route.Following(this::follow, this::get);
    List<Route> all = new ArrayList<>();
    all.add(new Route(Method.GET, PATH + "/{id}", Caller.KEY, get, dialect));
    all.add(blocking(Method.DELETE, "/{id}", this::delete));
    all.add(blocking(Method.POST, "/{id}", _ -> missing()));
    all.add(blocking(Method.POST, "/{id}/cancel", this::cancel));
    all.add(blocking(Method.GET, "/{id}/input_items", this::inputItems));
    for (Method method : List.of(Method.GET, Method.DELETE, Method.POST)) {
      all.add(blocking(method, "/{id*}", _ -> missing()));
    }
    return all;
  }

  private Route blocking(Method method, String path, Route.Blocking answer) {
    return new Route(method, PATH + path, Caller.KEY, answer, dialect);
  }

  private Document missing() {
    throw notFound();
  }

  private Refused notFound() {
    return refused(new DialectFault.ResponseNotFound(shelf != null));
  }

  private static Refused refused(DialectFault why) {
    return new Refused(new ApiError.OfDialect(why));
  }

  private static String organisation(Question question) {
    return question.key().account().organisationId();
  }

  private @Nullable Running running(Question question) {
    return runs.find(organisation(question), question.parameter("id"));
  }

  private Kept kept(Question question) {
    return kept(question, question.room(), false);
  }

  private Kept kept(Question question, Room room, boolean events) {
    if (shelf == null) {
      throw notFound();
    }
    String organisation = organisation(question);
    String id = question.parameter("id");
    Kept its =
        events ? shelf.findWithEvents(organisation, id, room) : shelf.find(organisation, id, room);
    if (its == null) {
      throw notFound();
    }
    return its;
  }

  private @Nullable Talker follow(Question question, Reply client, EventLoop loop) {
    Map<String, String> query = question.query();
    Running running = running(question);
    if (running == null || !isStream(query)) {
      return null;
    }
    String keyId = question.key().id();
    var follower = new Follower(running, client, loop, bounds, from(query), keyId);
    follower.start();
    ApiError voided = fault.apply(keyId);
    if (voided != null) {
      follower.failed(voided); // Between its check and now.
    }
    return follower;
  }

  private static boolean isStream(Map<String, String> query) {
    return switch (query.getOrDefault("stream", "false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw JsonBody.wrong("stream", "must be true or false.");
    };
  }

  /** The place of the first event that is wanted. */
  private static int from(Map<String, String> query) {
    String after = query.get("starting_after");
    if (after == null) {
      return 0;
    }
    if (!after.matches("[0-9]{1,9}")) {
      throw JsonBody.wrong("starting_after", "must be an event's sequence_number.");
    }
    return Integer.parseInt(after) + 1;
  }

  private Document get(Question question) {
    Map<String, String> query = question.query();
    boolean stream = isStream(query);
    Running running = running(question);
    if (running != null && !stream) {
      return json(running.now());
    }
    Kept its = kept(question, question.room(), stream);
    return stream ? events(question, its, from(query)) : json(its.response());
  }

  private static Document events(Question question, Kept its, int from) {
    byte[] events = its.events();
    if (its.running()) {
      throw refused(new DialectFault.StillAnswered("stream"));
    }
    if (events == null) {
      throw refused(
          isInBackground(its)
              ? new DialectFault.EventsNotStored()
              : new DialectFault.NotInBackground("stream", "has no events that are stored"));
    }
    int at = EventLog.place(events, from);
    int length = events.length - at;
    question.room().need(length);
    byte[] out = Arrays.copyOfRange(events, at, events.length + ResponsesEvents.DONE.length);
    System.arraycopy(ResponsesEvents.DONE, 0, out, length, ResponsesEvents.DONE.length);
    return new Document(200, Map.of("Content-Type", "text/event-stream"), out);
  }

  private static boolean isInBackground(Kept its) {
    return JsonBody.read(its.response()).path("background").asBoolean(false);
  }

  private static Document json(byte[] json) {
    return new Document(200, Map.of("Content-Type", "application/json"), json);
  }

  private Document delete(Question question) {
    Running running = running(question);
    if (running != null) {
      await(running.cancel());
    }
    Kept its = kept(question);
    if (shelf != null) {
      if (its.running()) {
        endElsewhere(question, shelf, its);
      }
      shelf.delete(its.organisationId(), its.id());
    }
    ObjectNode gone = JsonBody.object().put("id", its.id()).put("object", "response");
    return json(JsonBody.bytes(gone.put("deleted", true)));
  }

  /** One that another gateway answers would come back with its end. */
  private void endElsewhere(Question question, Shelf on, Kept its) {
    on.cancelElsewhere(its.organisationId(), its.id());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CANCEL_SECONDS);
    while (isRunning(question, on)) {
      if (System.nanoTime() - end >= 0) {
        throw refused(new DialectFault.StillAnswered("id"));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private static boolean isRunning(Question question, Shelf on) {
    // Read again and again, and each time only for this.
    Kept its = on.find(organisation(question), question.parameter("id"), Room.ENDLESS);
    return its != null && its.running();
  }

  private static byte @Nullable [] await(CompletableFuture<byte[]> end) {
    return end.copy().completeOnTimeout(null, CANCEL_SECONDS, TimeUnit.SECONDS).join();
  }

  private Document cancel(Question question) {
    Running running = running(question);
    if (running != null) {
      byte[] last = await(running.cancel());
      return json(last == null ? running.now() : last);
    }
    Kept its = kept(question);
    if (its.running() && shelf != null) {
      shelf.cancelElsewhere(its.organisationId(), its.id());
      return json(its.response());
    }
    if (!isInBackground(its)) {
      throw refused(new DialectFault.NotInBackground("id", "cannot be cancelled"));
    }
    return json(its.response());
  }

  private Document inputItems(Question question) {
    Map<String, String> query = question.query();
    ArrayNode items = Earlier.inputs(kept(question));
    List<JsonNode> ordered = new ArrayList<>();
    items.forEach(ordered::add);
    switch (query.getOrDefault("order", "desc")) {
      case "desc" -> ordered = ordered.reversed();
      case "asc" -> {}
      default -> throw JsonBody.wrong("order", "must be asc or desc.");
    }
    int begin = after(ordered, query.get("after"));
    int end = Math.min(ordered.size(), begin + limit(query));
    ObjectNode page = JsonBody.object().put("object", "list");
    ArrayNode data = page.putArray("data").addAll(ordered.subList(begin, end));
    page.set("first_id", data.isEmpty() ? null : data.get(0).path("id"));
    page.set("last_id", data.isEmpty() ? null : data.get(data.size() - 1).path("id"));
    return json(JsonBody.bytes(page.put("has_more", end < ordered.size())));
  }

  private static int limit(Map<String, String> query) {
    String limit = query.getOrDefault("limit", String.valueOf(LIMIT));
    if (!limit.matches("[0-9]{1,3}")
        || Integer.parseInt(limit) < 1
        || Integer.parseInt(limit) > LIMIT_MAX) {
      throw JsonBody.wrong("limit", "must be 1 to " + LIMIT_MAX + ".");
    }
    return Integer.parseInt(limit);
  }

  private static int after(List<JsonNode> items, @Nullable String id) {
    if (id == null) {
      return 0;
    }
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).path("id").asString("").equals(id)) {
        return i + 1;
      }
    }
    throw JsonBody.wrong("after", "is no item of this list.");
  }
}
