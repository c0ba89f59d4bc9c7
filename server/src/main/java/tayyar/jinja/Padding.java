package tayyar.jinja;

/** Pads a text with other characters. */
final class Padding {
  private Padding() {}

  static Text center(Text text, Arguments.Bound given) {
    return center(text, given.whole(0), fill(text, given));
  }

  static Text center(Text text, long width, Text fill) {
    long room = width - text.count();
    long left = room / 2 + (room & width & 1);
    return padded(text, fill, left, room - left);
  }

  static Text beside(Text text, Arguments.Bound given, boolean left) {
    long room = given.whole(0) - text.count();
    return padded(text, fill(text, given), left ? room : 0, left ? 0 : room);
  }

  private static Text fill(Text text, Arguments.Bound given) {
    Text fill = Html.beside(text.markup(), given.text(1, Text.of(" ")));
    if (fill.count() != 1) {
      throw new Fault("a text is filled up with something that is not one character");
    }
    return fill;
  }

  static Text padded(Text text, Text fill, long left, long right) {
    if (left <= 0 && right <= 0) {
      return text;
    }
    var out = new TextBuilder();
    repeat(out, fill, left);
    out.append(text);
    repeat(out, fill, right);
    return out.build().marked(text.markup());
  }

  private static void repeat(TextBuilder out, Text fill, long times) {
    for (long i = 0; i < times; i++) {
      out.append(fill);
    }
  }

  /** Zeros between the sign and the rest. */
  static Text zeros(Text text, long width) {
    long room = width - text.count();
    boolean signed = text.chars().startsWith("+") || text.chars().startsWith("-");
    int at = signed ? 1 : 0;
    var out = new TextBuilder().append(text.sub(0, at));
    repeat(out, Text.of("0"), room);
    return out.append(text.sub(at)).build().marked(text.markup());
  }

  static Text tabs(Text text, long size) {
    var out = new TextBuilder();
    long column = 0;
    for (Object each : Values.items(text)) {
      Text character = Shown.text(each);
      switch (character.chars()) {
        case "\t" -> {
          long room = size > 0 ? size - column % size : 0;
          repeat(out, Text.of(" ").with(character.saidAny()), room);
          column += room;
        }
        case "\n", "\r" -> {
          out.append(character);
          column = 0;
        }
        default -> {
          out.append(character);
          column++;
        }
      }
    }
    return out.build().marked(text.markup());
  }
}
