package tayyar.docs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tayyar.http.Resource;

/**
 * The guide in a language. Its samples are files of their own, the same in each language.
 *
 * @param language its tag
 * @param page HTML, with the samples in it and {@code {{origin}}} and {@code {{model}}} left open
 */
record Guide(String language, String page) {
  private static final Pattern SAMPLE = Pattern.compile("\\{\\{> ([a-z0-9.-]+)}}");

  static Guide of(String language) {
    String page = Resource.text(Guide.class, "streaming." + language + ".html");
    String whole =
        SAMPLE.matcher(page).replaceAll(found -> Matcher.quoteReplacement(sample(found.group(1))));
    return new Guide(language, whole);
  }

  private static String sample(String name) {
    String code = Resource.text(Guide.class, "samples/" + name).stripTrailing();
    return "<pre dir=\"ltr\" tabindex=\"0\" data-sample=\"%s\"><code>%s</code></pre>"
        .formatted(name, escaped(code));
  }

  /** The page for a client. */
  String filled(String origin, String model) {
    return page.replace("{{origin}}", escaped(origin)).replace("{{model}}", escaped(model));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
