package tayyar.telemetry;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import tayyar.api.Ended;
import tayyar.api.Outcome;
import tayyar.api.Trace;
import tayyar.api.Tried;
import tayyar.api.Usage;

/**
 * Makes OTLP's spans of requests that are over: one for the request, and one for each target asked.
 */
final class OtlpSpans {
  static final InstrumentationScope SCOPE =
      InstrumentationScope.newBuilder().setName("tayyar").build();

  private static final String FIRST_TOKEN = "gen_ai.first_token";

  private final Resource resource;

  OtlpSpans(Resource resource) {
    this.resource = resource;
  }

  /** The number of spans of a request. */
  static int count(Ended ended) {
    return 1 + ended.course().tries().size();
  }

  ExportTraceServiceRequest request(List<Ended> batch) {
    ScopeSpans.Builder spans = ScopeSpans.newBuilder().setScope(SCOPE);
    for (Ended ended : batch) {
      spans.addSpans(server(ended));
      ended.course().tries().forEach(tried -> spans.addSpans(client(ended, tried)));
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(spans))
        .build();
  }

  private static Span server(Ended ended) {
    String path = "/v1" + ended.course().endpoint().path();
    Ended.Timing timing = ended.timing();
    Trace trace = ended.course().trace();
    Span.Builder span =
        span(ended, trace.spanId(), trace.parentId(), 0, timing.durationMicros())
            .setName("POST " + path)
            .setKind(Span.SpanKind.SPAN_KIND_SERVER)
            .addAttributes(is("http.request.method", "POST"))
            .addAttributes(is("http.route", path))
            .addAttributes(is("http.response.status_code", ended.status()))
            .addAttributes(
                is("gen_ai.operation.name", Provider.operation(ended.course().endpoint())))
            .addAttributes(is("gen_ai.request.stream", ended.streamed()))
            .addAttributes(is("http.request.body.size", ended.course().bytesIn()))
            .addAttributes(is("tayyar.request.id", ended.requestId()))
            .addAttributes(is("tayyar.outcome", ended.outcome().word()))
            .addAttributes(is("tayyar.queued_us", ended.course().queuedMicros()))
            .addAttributes(is("tayyar.attempts", ended.attempts()));
    text(span, "gen_ai.request.model", ended.model());
    text(span, "tayyar.key.id", ended.keyId());
    usage(span, ended.usage());
    firstToken(span, ended, timing.firstTokenMicros());
    String error = ended.outcome().reason();
    text(span, "error.type", error);
    if (!error.isEmpty() && !(ended.outcome() instanceof Outcome.ClientGone)) {
      fail(span, ended.status() >= 500 || ended.status() == 200);
    }
    return span.build();
  }

  private static Span client(Ended ended, Tried tried) {
    Trace trace = ended.course().trace();
    String operation = Provider.operation(ended.course().endpoint());
    Span.Builder span =
        span(ended, tried.spanId(), trace.spanId(), tried.startedMicros(), tried.endedMicros())
            .setName(operation + " " + tried.model())
            .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
            .addAttributes(is("gen_ai.operation.name", operation))
            .addAttributes(is("gen_ai.provider.name", Provider.of(tried.target())))
            .addAttributes(is("gen_ai.request.model", tried.model()));
    address(span, tried.target());
    if (tried.firstTokenMicros() >= 0) {
      double seconds = (tried.firstTokenMicros() - tried.startedMicros()) / 1e6;
      span.addAttributes(is("gen_ai.response.time_to_first_chunk", seconds));
    }
    firstToken(span, ended, tried.firstTokenMicros());
    text(span, "tayyar.asked_again", tried.again());
    if (tried.ending().equals(Tried.COMPLETED)) {
      usage(span, ended.usage());
      finish(span, ended.course().finish());
    } else if (!tried.ending().equals(Tried.CANCELLED)) {
      text(span, "error.type", tried.ending());
      span.setStatus(
          Status.newBuilder()
              .setCode(Status.StatusCode.STATUS_CODE_ERROR)
              .setMessage(tried.detail()));
    }
    return span.build();
  }

  private static Span.Builder span(Ended ended, String id, String parent, long from, long to) {
    Trace trace = ended.course().trace();
    return Span.newBuilder()
        .setTraceId(bytes(trace.traceId()))
        .setSpanId(bytes(id))
        .setParentSpanId(bytes(parent))
        .setTraceState(trace.state())
        .setFlags(HexFormat.fromHexDigits(trace.flags()))
        .setStartTimeUnixNano(at(ended, from))
        .setEndTimeUnixNano(at(ended, to));
  }

  private static long at(Ended ended, long micros) {
    return ended.timing().startedAtMs() * 1_000_000 + micros * 1_000;
  }

  private static void firstToken(Span.Builder span, Ended ended, long micros) {
    if (micros >= 0) {
      span.addEvents(
          Span.Event.newBuilder().setName(FIRST_TOKEN).setTimeUnixNano(at(ended, micros)));
    }
  }

  private static void usage(Span.Builder span, Usage usage) {
    if (!usage.equals(Usage.NONE)) {
      span.addAttributes(is("gen_ai.usage.input_tokens", usage.promptTokens()))
          .addAttributes(is("gen_ai.usage.output_tokens", usage.completionTokens()))
          .addAttributes(is("gen_ai.usage.cache_read.input_tokens", usage.cachedTokens()))
          .addAttributes(is("gen_ai.usage.cache_creation.input_tokens", usage.cacheWrites()))
          .addAttributes(is("tayyar.usage.estimated", usage.estimated()));
    }
  }

  private static void finish(Span.Builder span, String reason) {
    if (!reason.isEmpty()) {
      var reasons = ArrayValue.newBuilder().addValues(AnyValue.newBuilder().setStringValue(reason));
      span.addAttributes(
          KeyValue.newBuilder()
              .setKey("gen_ai.response.finish_reasons")
              .setValue(AnyValue.newBuilder().setArrayValue(reasons)));
    }
  }

  private static void address(Span.Builder span, String target) {
    int colon = target.lastIndexOf(':');
    String port = target.substring(colon + 1);
    boolean both = colon > 0 && port.matches("[0-9]{1,5}");
    span.addAttributes(is("server.address", both ? target.substring(0, colon) : target));
    if (both) {
      span.addAttributes(is("server.port", Integer.parseInt(port)));
    }
  }

  private static void fail(Span.Builder span, boolean ours) {
    if (ours) {
      span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
    }
  }

  private static ByteString bytes(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex.toLowerCase(Locale.ROOT)));
  }

  private static void text(Span.Builder span, String key, String value) {
    if (!value.isEmpty()) {
      span.addAttributes(is(key, value));
    }
  }

  static KeyValue is(String key, String value) {
    return pair(key, AnyValue.newBuilder().setStringValue(value));
  }

  private static KeyValue is(String key, long value) {
    return pair(key, AnyValue.newBuilder().setIntValue(value));
  }

  private static KeyValue is(String key, double value) {
    return pair(key, AnyValue.newBuilder().setDoubleValue(value));
  }

  private static KeyValue is(String key, boolean value) {
    return pair(key, AnyValue.newBuilder().setBoolValue(value));
  }

  private static KeyValue pair(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }
}
