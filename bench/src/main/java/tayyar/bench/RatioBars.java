package tayyar.bench;

import java.util.Locale;
import java.util.stream.Stream;

/** A comparison as bars around 1, on one scale that is wide enough for the farthest bar. */
final class RatioBars {
  private static final double NARROWEST = Math.log(1.25);
  private static final double WIDEST = Math.log(30);

  private final RunComparison comparison;
  private final double reach;

  private RatioBars(RunComparison comparison) {
    this.comparison = comparison;
    double far =
        comparison.ratios().stream()
            .flatMap(each -> Stream.of(each.ratio(), each.low(), each.high()))
            .filter(each -> each > 0 && Double.isFinite(each))
            .mapToDouble(each -> Math.abs(Math.log(each)))
            .max()
            .orElse(0);
    this.reach = Math.clamp(far * 1.1, NARROWEST, WIDEST);
  }

  static String section(RunComparison comparison) {
    return new RatioBars(comparison).section();
  }

  private String section() {
    StringBuilder list = new StringBuilder("<ol class=\"ratios\">");
    comparison.ratios().forEach(each -> list.append(row(each)));
    list.append("</ol>");
    String note =
        "Ratios to "
            + comparison.first()
            + "; the bar is the 95 % interval"
            + (comparison.paired() ? ", of parts taken in turns." : ".")
            + (comparison.failed().isEmpty() ? "" : " Requests that " + comparison.failed() + ".");
    return Markup.section(
        comparison.second() + " beside " + comparison.first(), note, list.toString());
  }

  private String row(RunComparison.Ratio each) {
    String a = each.time() ? Numerals.time(each.a()) : Numerals.number(each.a());
    String b = each.time() ? Numerals.time(each.b()) : Numerals.number(each.b());
    boolean known = each.word() != RunComparison.Finding.UNKNOWN;
    String bar =
        known
            ? "<i style=\"left:%s%%;width:%s%%\"></i>"
                .formatted(
                    place(each.low()), Plot.number(position(each.high()) - position(each.low())))
            : "";
    String dot =
        each.ratio() > 0 ? "<b style=\"left:%s%%\"></b>".formatted(place(each.ratio())) : "";
    return "<li class=\"%s\"><span class=\"name\">%s</span><span class=\"pair\">%s → %s</span><span class=\"track\">%s%s</span><span class=\"ratio\"><strong>%s</strong> %s</span></li>"
        .formatted(
            each.word().name().toLowerCase(Locale.ROOT),
            Markup.text(each.name()),
            a,
            b,
            bar,
            dot,
            Numerals.ratio(each.ratio()),
            RunComparison.interval(each));
  }

  private String place(double ratio) {
    return Plot.number(position(ratio));
  }

  /** 0 to 100; 1 is in the middle. */
  private double position(double ratio) {
    return Math.clamp(50 + 50 * Math.log(ratio) / reach, 0, 100);
  }
}
