package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The W3C's header fields, valid and not. */
final class TraceTest {
  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String VALID = "00-" + ID + "-" + SPAN + "-01";

  @Test
  void goesOnUnchangedWhereNothingIsRecorded() {
    Trace trace = Trace.of(VALID, "vendor=a,other=b");
    assertThat(trace.child().traceparent()).isEqualTo(VALID);
    assertThat(trace.state()).isEqualTo("vendor=a,other=b");
    assertThat(trace.sampled()).isTrue();
  }

  @Test
  void spansHangUnderTheOneBefore() {
    Trace server = Trace.of(VALID, null).span();
    Trace client = server.child();
    assertThat(server.parentId()).isEqualTo(SPAN);
    assertThat(client.parentId()).isEqualTo(server.spanId());
    assertThat(client.traceId()).isEqualTo(ID);
    assertThat(client.spanId()).matches("[0-9a-f]{16}").isNotEqualTo(server.spanId());
  }

  @Test
  void aNewTraceIsSampled() {
    Trace root = Trace.NONE.span();
    assertThat(root.traceId()).matches("[0-9a-f]{32}");
    assertThat(root.parentId()).isEmpty();
    assertThat(root.sampled()).isTrue();
  }

  @Test
  void aLaterVersionMaySayMore() {
    assertThat(Trace.of("01-" + ID + "-" + SPAN + "-00-more", null).traceId()).isEqualTo(ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-" + ID + "-" + SPAN,
        "00-" + ID + "-" + SPAN + "-1",
        "00-" + ID + "-" + SPAN + "-01-",
        "01-" + ID + "-" + SPAN + "-01x",
        "ff-" + ID + "-" + SPAN + "-01",
        "00_" + ID + "-" + SPAN + "-01",
        "00-00000000000000000000000000000000-" + SPAN + "-01",
        "00-" + ID + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
        "00-" + ID + "-" + SPAN + "-0g"
      })
  void invalidFieldsCountAsAbsent(String traceparent) {
    assertThat(Trace.of(traceparent, "vendor=a")).isEqualTo(Trace.NONE);
  }

  @Test
  void aBadStateIsDroppedAlone() {
    for (String state : new String[] {"", "novalue", "a=\r\nb: c", "a=" + "x".repeat(600)}) {
      Trace trace = Trace.of(VALID, state);
      assertThat(trace.traceId()).isEqualTo(ID);
      assertThat(trace.state()).isEmpty();
    }
  }
}
