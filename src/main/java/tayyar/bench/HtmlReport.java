package tayyar.bench;

/** A run as one page. */
public final class HtmlReport {
  private HtmlReport() {}

  /** The page. */
  public static String of(Run run) {
    return "<!doctype html><title>" + run.began() + "</title>";
  }
}
