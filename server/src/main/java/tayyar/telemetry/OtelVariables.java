package tayyar.telemetry;

import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads OpenTelemetry's environment variables, or refuses their values by name. */
record OtelVariables(Map<String, String> environment) {
  String text(String name, String otherwise) {
    String value = environment.getOrDefault(name, "").strip();
    return value.isEmpty() ? otherwise : value;
  }

  @Nullable URI address(String signal, String base, String path) {
    String name = "OTEL_EXPORTER_OTLP_" + signal + "_ENDPOINT";
    String own = text(name, "");
    String whole = own.isEmpty() && !base.isEmpty() ? base.replaceAll("/+$", "") + "/" + path : own;
    if (whole.isEmpty() || text("OTEL_" + signal + "_EXPORTER", "otlp").equals("none")) {
      return null;
    }
    try {
      return HttpRequest.newBuilder(URI.create(whole)).build().uri();
    } catch (IllegalArgumentException e) {
      throw wrong(
          own.isEmpty() ? "OTEL_EXPORTER_OTLP_ENDPOINT" : name, whole, "http://127.0.0.1:4318");
    }
  }

  int number(String name, int otherwise) {
    String value = text(name, String.valueOf(otherwise));
    if (!value.matches("[1-9][0-9]{0,8}")) {
      throw wrong(name, value, "a number such as " + otherwise);
    }
    return Integer.parseInt(value);
  }

  Duration millis(String name, int otherwise) {
    return Duration.ofMillis(number(name, otherwise));
  }

  /** Header fields of a request. A refusal does not show the value, which may be a secret. */
  Map<String, String> headers(String name) {
    Map<String, String> headers = pairs(name);
    headers.forEach(
        (field, value) -> {
          try {
            HttpRequest.newBuilder().header(field, value);
          } catch (IllegalArgumentException e) {
            // Java's own message would show the value.
            throw new IllegalArgumentException(
                name + " has '" + field + "', which cannot be sent; write such as x-token=a.");
          }
        });
    return headers;
  }

  /** Pairs such as {@code a=b,c=d}; percent signs escape. */
  Map<String, String> pairs(String name) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : text(name, "").split(",", -1)) {
      int is = pair.indexOf('=');
      if (is > 0) {
        String value = pair.substring(is + 1).strip().replace("+", "%2B");
        pairs.put(pair.substring(0, is).strip(), URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    }
    return pairs;
  }

  OtlpSettings.Sampling sampling() {
    String name = text("OTEL_TRACES_SAMPLER", "parentbased_always_on");
    boolean asParent = name.startsWith("parentbased_");
    return switch (asParent ? name.substring("parentbased_".length()) : name) {
      case "always_on" -> new OtlpSettings.Sampling(asParent, 1);
      case "always_off" -> new OtlpSettings.Sampling(asParent, 0);
      case "traceidratio" -> new OtlpSettings.Sampling(asParent, share());
      default -> throw wrong("OTEL_TRACES_SAMPLER", name, "parentbased_traceidratio");
    };
  }

  private double share() {
    String share = text("OTEL_TRACES_SAMPLER_ARG", "1");
    if (!share.matches("0|1|[01]?\\.[0-9]{1,9}") || Double.parseDouble(share) > 1) {
      throw wrong("OTEL_TRACES_SAMPLER_ARG", share, "a number from 0 to 1");
    }
    return Double.parseDouble(share);
  }

  /** A refusal of a value that names a right one. */
  static IllegalArgumentException wrong(String name, String value, String right) {
    return new IllegalArgumentException(name + " is '" + value + "'; write " + right + ".");
  }
}
