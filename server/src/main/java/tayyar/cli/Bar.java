package tayyar.cli;

import java.util.Locale;
import tayyar.fetch.Progress;

/** Shows how far a download is: a bar for people, a line at its end otherwise. */
final class Bar implements Progress {
  private static final int CELLS = 30;

  private final Console console;
  private String begun = "";

  Bar(Console console) {
    this.console = console;
  }

  @Override
  public void at(String what, long bytes, long ofBytes) {
    if (console.people()) {
      console.err().print("\r" + line(what, bytes, ofBytes) + "\u001b[K");
      console.err().flush();
    } else if (!begun.equals(what)) {
      begun = what;
      String size = ofBytes < 0 ? "" : " (" + megabytes(ofBytes) + ")";
      console.err().println("Fetching " + what + size + " ...");
    }
  }

  @Override
  public void done(String what) {
    console
        .err()
        .println(
            (console.people() ? "\r" : "")
                + "Fetched "
                + what
                + "."
                + (console.people() ? "\u001b[K" : ""));
  }

  static String line(String what, long bytes, long ofBytes) {
    if (ofBytes <= 0) {
      return what + "  " + megabytes(bytes);
    }
    int full = (int) (CELLS * bytes / ofBytes);
    return "%s  [%s%s] %3d %%  %s of %s"
        .formatted(
            what,
            "=".repeat(full),
            " ".repeat(CELLS - full),
            100 * bytes / ofBytes,
            megabytes(bytes),
            megabytes(ofBytes));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
