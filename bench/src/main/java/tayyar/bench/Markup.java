package tayyar.bench;

import java.util.List;

/** Small pieces of a page. */
final class Markup {
  private Markup() {}

  /** Text, escaped for use between tags and in attributes. */
  static String text(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A table whose first column is text and whose others are figures. */
  static String table(List<String> heads, List<List<String>> rows) {
    return table("scroll", heads, rows);
  }

  /** A table whose cells are words and may wrap. */
  static String words(List<String> heads, List<List<String>> rows) {
    return table("scroll words", heads, rows);
  }

  private static String table(String style, List<String> heads, List<List<String>> rows) {
    StringBuilder table = new StringBuilder("<div class=\"" + style + "\"><table><thead><tr>");
    heads.forEach(head -> table.append("<th>").append(text(head)).append("</th>"));
    table.append("</tr></thead><tbody>");
    for (List<String> row : rows) {
      table.append("<tr>");
      row.forEach(cell -> table.append("<td>").append(text(cell)).append("</td>"));
      table.append("</tr>");
    }
    return table.append("</tbody></table></div>").toString();
  }

  /** A part of the page with its heading and a line of explanation. */
  static String section(String heading, String note, String body) {
    return "<section><h2>%s</h2><p class=\"note\">%s</p>%s</section>"
        .formatted(text(heading), text(note), body);
  }

  /** A picture with its heading and, in HTML, its legend. */
  static String figure(String heading, String legend, String picture) {
    return "<figure><figcaption>%s<small>%s</small></figcaption>%s</figure>"
        .formatted(text(heading), legend, picture);
  }
}
