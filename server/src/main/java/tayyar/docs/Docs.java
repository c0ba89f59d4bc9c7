package tayyar.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tayyar.api.ApiError;
import tayyar.api.Model;
import tayyar.api.Refused;
import tayyar.http.Callers;
import tayyar.http.Question;
import tayyar.http.Resource;
import tayyar.http.Route;
import tayyar.http.StaticFiles;
import tayyar.http.StaticFiles.Made;

/**
 * The API's description, {@code /openapi.json} and {@code /docs}, and the guide {@code
 * /docs/streaming} in two languages, whose samples have this server's address and one of its
 * models. They are no secret and need no key. Used by all event loops.
 */
public final class Docs {
  /** A model's name that is the same in a shell, in JSON and in all languages of the samples. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:/@+-]{1,200}");

  private static final String HTML = "text/html; charset=utf-8";

  private final Supplier<List<Model>> models;
  private final Callers callers;
  private final Guide english = Guide.of("en");
  private final Guide arabic = Guide.of("ar");

  /**
   * The pages of a server.
   *
   * @param models what it serves at the time of a request
   * @param callers tells its address as a client reached it
   */
  public Docs(Supplier<List<Model>> models, Callers callers) {
    this.models = models;
    this.callers = callers;
  }

  /** Where they are. */
  public List<Route> routes() {
    var description = new Made(Resource.bytes(Docs.class, "openapi.json"), Map.of());
    var page = new Made(Resource.bytes(Docs.class, "docs.html"), Map.of());
    return List.of(
        StaticFiles.made("/openapi.json", "application/json", _ -> description),
        StaticFiles.made("/docs", HTML, _ -> page),
        StaticFiles.made("/docs/streaming", HTML, this::preferred),
        StaticFiles.made("/docs/streaming/{language}", HTML, this::named));
  }

  private Made preferred(Question question) {
    Guide guide = Languages.prefersArabic(question.header("Accept-Language")) ? arabic : english;
    return made(guide, question, Map.of("Vary", "Accept-Language"));
  }

  private Made named(Question question) {
    return switch (question.parameter("language")) {
      case "en" -> made(english, question, Map.of());
      case "ar" -> made(arabic, question, Map.of());
      default -> throw new Refused(new ApiError.NotFound("/docs/streaming/{en,ar}", ""));
    };
  }

  private Made made(Guide guide, Question question, Map<String, String> more) {
    String model =
        models.get().stream()
            .filter(each -> !each.embeds())
            .map(Model::id)
            .filter(id -> PLAIN.matcher(id).matches())
            .findFirst()
            .orElse("MODEL");
    byte[] bytes = guide.filled(question.origin(callers), model).getBytes(UTF_8);
    Map<String, String> fields = new LinkedHashMap<>(more);
    fields.put("Content-Language", guide.language());
    return new Made(bytes, fields);
  }
}
