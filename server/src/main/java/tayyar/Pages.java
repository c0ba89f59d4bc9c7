package tayyar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tayyar.api.Model;
import tayyar.docs.Docs;
import tayyar.http.Callers;
import tayyar.http.Route;
import tayyar.http.StaticFiles;

/** What the API's listener serves besides its endpoints. */
final class Pages {
  private Pages() {}

  /** The playground. */
  static StaticFiles playground() {
    return new StaticFiles(
        Map.of(
            "marked.js", "META-INF/resources/webjars/marked/17.0.1/lib/marked.umd.js",
            "dompurify.js", "META-INF/resources/webjars/dompurify/3.3.3/dist/purify.min.js"));
  }

  /**
   * Returns the routes of the documentation.
   *
   * @param more routes to go with them
   */
  static List<Route> withDocs(List<Route> more, Supplier<List<Model>> models, Callers callers) {
    var all = new ArrayList<>(more);
    all.addAll(new Docs(models, callers).routes());
    return all;
  }
}
