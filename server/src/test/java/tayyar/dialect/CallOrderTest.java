package tayyar.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tayyar.api.JsonText;
import tayyar.api.ToolCall;

final class CallOrderTest {
  private static final byte[] NONE = {};

  private final List<String> told = new ArrayList<>();
  private final CallOrder order =
      new CallOrder(
          piece -> told.add(piece.index() + new String(piece.arguments(), UTF_8)), _ -> {});

  private void begin(int index, boolean custom) {
    byte[] name = {'f'};
    order.next(new ToolCall(index, custom, name, name, NONE, NONE));
  }

  private void more(int index, String arguments) {
    order.next(new ToolCall(index, NONE, NONE, JsonText.escape(arguments)));
  }

  @Test
  void callsBehindEachOtherWaitForNothing() {
    begin(0, false);
    more(0, "{\"a\":\"}\\\"{\"");
    more(0, "}");
    begin(1, false);
    more(1, "{");
    assertThat(told).hasSize(5).last().isEqualTo("1{");
  }

  @Test
  void callsSideBySideComeBehindEachOther() {
    begin(0, false);
    begin(1, false);
    begin(2, false);
    more(1, "{\"b\":[");
    more(0, "{\"a\":\"}");
    more(2, "{}");
    more(1, "]}");
    assertThat(told).containsExactly("0", "0{\\\"a\\\":\\\"}");
    more(0, "\"}");
    assertThat(told.subList(2, told.size()))
        .containsExactly("0\\\"}", "1", "1{\\\"b\\\":[", "1]}", "2", "2{}");
  }

  /** Of a custom tool, and of one without arguments, the end is not seen before the answer's. */
  @Test
  void whatWaitsIsToldAtTheEnd() {
    begin(0, true);
    begin(1, false);
    more(0, "a{}");
    more(1, "{}");
    more(0, "b");
    assertThat(told).containsExactly("0", "0a{}", "0b");
    order.end();
    assertThat(told.subList(3, told.size())).containsExactly("1", "1{}");
    begin(2, false);
    assertThat(told).last().isEqualTo("2");
  }
}
