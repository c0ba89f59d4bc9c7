package tayyar.calls;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tayyar.grammar.CallShape;

/** Arguments that are one JSON object. */
final class JsonArguments implements Arguments {
  private final Literal between;
  private final JsonValue value = new JsonValue();
  private final @Nullable Literal again;

  JsonArguments(CallShape shape) {
    between = new Literal(shape.between());
    String text = shape.again();
    again = text == null ? null : new Literal(text);
  }

  @Override
  public Step take(byte b, ByteArrayOutputStream json) {
    if (!between.isOver()) {
      return between.take(b) ? Step.ON : Step.OVER;
    }
    if (!value.isOver()) {
      if (value.take(b)) {
        json.write(b);
      }
      return Step.ON;
    }
    if (again == null || !again.take(b)) {
      return Step.OVER;
    }
    return again.isOver() ? Step.NEXT : Step.ON;
  }
}
