package tayyar.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of a terminal as drawing over needs: what stands in its rows behind some output. */
final class Screen {
  private static final Pattern PIECE =
      Pattern.compile("\u001b\\[([?0-9;]*)([A-Za-z])|.", Pattern.DOTALL);

  private final int width;
  private final List<StringBuilder> rows = new ArrayList<>();
  private int row;
  private int column;
  private boolean wraps = true;

  Screen(int width) {
    this.width = width;
  }

  /** The rows in which something stands. */
  static List<String> of(int width, String output) {
    Screen screen = new Screen(width);
    Matcher pieces = PIECE.matcher(output);
    while (pieces.find()) {
      if (pieces.group(2) != null) {
        screen.command(pieces.group(1) + pieces.group(2));
      } else {
        screen.character(pieces.group().charAt(0));
      }
    }
    return screen.rows.stream()
        .map(each -> each.toString().stripTrailing())
        .filter(each -> !each.isEmpty())
        .toList();
  }

  private void command(String command) {
    if (command.startsWith("?7")) {
      wraps = command.endsWith("h");
    } else if (command.endsWith("A")) {
      row -= Integer.parseInt(command.substring(0, command.length() - 1));
    } else if (command.equals("K") || command.equals("J")) {
      int from = Math.min(column, width - 1);
      here().setLength(Math.min(here().length(), from));
      if (command.equals("J")) {
        rows.subList(row + 1, rows.size()).clear();
      }
    }
  }

  private void character(char c) {
    if (c == '\n' || (column == width && wraps)) {
      row++;
      column = 0;
    }
    if (c != '\n') {
      column = Math.min(column, width - 1);
      StringBuilder line = here();
      while (line.length() <= column) {
        line.append(' ');
      }
      line.setCharAt(column, c);
      column++;
    }
  }

  private StringBuilder here() {
    while (rows.size() <= row) {
      rows.add(new StringBuilder());
    }
    return rows.get(row);
  }
}
