package tayyar.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One picture as SVG. It takes colours and fonts from the page, so that it fits light and dark. One
 * thread.
 */
final class Plot {
  private static final double WIDTH = 440;
  private static final double HEIGHT = 250;
  private static final double LEFT = 52;
  private static final double RIGHT = 14;
  private static final double TOP = 14;
  private static final double BOTTOM = 40;

  /** The least distance of labels. */
  private static final double LABEL_WIDTH = 34;

  private final Scale across;
  private final Scale up;
  private final StringBuilder marks = new StringBuilder();
  private final List<String> tips = new ArrayList<>();
  private final String what;

  /** A point of a line. */
  record Point(double x, double y) {}

  /**
   * An empty picture.
   *
   * @param what a description for readers who can't see it
   */
  Plot(String what, Scale across, Scale up) {
    this.what = what;
    this.across = across;
    this.up = up;
  }

  private double x(double value) {
    return LEFT + across.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - Math.clamp(up.at(value), 0, 1) * (HEIGHT - TOP - BOTTOM);
  }

  /** A line; style is a class of the page. */
  Plot line(String style, List<Point> points) {
    if (!points.isEmpty()) {
      marks.append("<path class=\"line ").append(style).append("\" d=\"").append(path(points));
      marks.append("\"/>");
    }
    return this;
  }

  /** A line with the area below it filled. */
  Plot area(String style, List<Point> points) {
    if (!points.isEmpty()) {
      String floor = number(HEIGHT - BOTTOM);
      marks.append("<path class=\"area ").append(style).append("\" d=\"").append(path(points));
      marks.append("L").append(number(x(points.getLast().x()))).append(' ').append(floor);
      marks.append("L").append(number(x(points.getFirst().x()))).append(' ').append(floor);
      marks.append("Z\"/>");
    }
    return line(style, points);
  }

  private String path(List<Point> points) {
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      path.append(path.isEmpty() ? 'M' : 'L').append(number(x(point.x())));
      path.append(' ').append(number(y(point.y())));
    }
    return path.toString();
  }

  /** Dots, as one mark. */
  Plot dots(String style, List<Point> points) {
    marks.append("<path class=\"dots ").append(style).append("\" d=\"");
    for (Point point : points) {
      marks.append('M').append(number(x(point.x()))).append(' ').append(number(y(point.y())));
      marks.append("h0");
    }
    marks.append("\"/>");
    return this;
  }

  /** A line across the whole picture, with words. */
  Plot bound(double value, String label) {
    if (up.at(value) <= 1) {
      String at = number(y(value));
      marks.append("<path class=\"bound\" d=\"M").append(number(LEFT)).append(' ').append(at);
      marks.append("H").append(number(WIDTH - RIGHT)).append("\"/>");
      marks
          .append("<text class=\"bound-label\" x=\"")
          .append(number(WIDTH - RIGHT))
          .append("\" y=\"");
      marks.append(number(y(value) - 4)).append("\">").append(Markup.text(label)).append("</text>");
    }
    return this;
  }

  /** A text that is shown while a pointer is near a place on the lower axis. */
  Plot tip(double at, String text) {
    String json = new String(JsonString.escape(text), StandardCharsets.UTF_8);
    tips.add("[" + number(x(at)) + ",\"" + json + "\"]");
    return this;
  }

  /** The picture. */
  String svg(String xLabel) {
    StringBuilder svg = new StringBuilder();
    svg.append("<svg class=\"plot\" viewBox=\"0 0 ").append(number(WIDTH)).append(' ');
    svg.append(number(HEIGHT)).append("\" role=\"img\" aria-label=\"").append(Markup.text(what));
    svg.append('"');
    if (!tips.isEmpty()) {
      svg.append(" data-tips=\"").append(Markup.text(tips.toString())).append('"');
    }
    svg.append('>');
    axes(svg);
    svg.append(marks);
    svg.append("<text class=\"axis\" x=\"").append(number((LEFT + WIDTH - RIGHT) / 2));
    svg.append("\" y=\"").append(number(HEIGHT - 4)).append("\">").append(Markup.text(xLabel));
    svg.append("</text>");
    svg.append("<path class=\"cursor\" d=\"M0 ").append(number(TOP)).append("V");
    svg.append(number(HEIGHT - BOTTOM)).append("\"/></svg>");
    return svg.toString();
  }

  private void axes(StringBuilder svg) {
    for (Scale.Tick tick : up.ticks()) {
      String at = number(y(tick.value()));
      svg.append("<path class=\"grid\" d=\"M").append(number(LEFT)).append(' ').append(at);
      svg.append("H").append(number(WIDTH - RIGHT)).append("\"/><text class=\"up\" x=\"");
      svg.append(number(LEFT - 7)).append("\" y=\"").append(number(y(tick.value()) + 3.5));
      svg.append("\">").append(tick.label()).append("</text>");
    }
    double last = Double.NEGATIVE_INFINITY;
    for (Scale.Tick tick : across.ticks()) {
      double at = x(tick.value());
      svg.append("<path class=\"notch\" d=\"M").append(number(at)).append(' ');
      svg.append(number(HEIGHT - BOTTOM)).append("v4\"/>");
      if (at - last >= LABEL_WIDTH) {
        last = at;
        svg.append("<text class=\"across\" x=\"").append(number(at)).append("\" y=\"");
        svg.append(number(HEIGHT - BOTTOM + 16)).append("\">").append(tick.label());
        svg.append("</text>");
      }
    }
  }

  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
