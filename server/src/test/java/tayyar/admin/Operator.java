package tayyar.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who asks under {@code /admin/v1} with a token. */
final class Operator implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final String base;
  private final String token;

  Operator(InetSocketAddress admin, String token) {
    this.base = "http://127.0.0.1:" + admin.getPort() + "/admin/v1";
    this.token = token;
  }

  /** An answer; its body is JSON but where the head says otherwise. */
  record Answer(int status, HttpResponse<String> response) {
    JsonNode json() {
      assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
      return JsonMapper.shared().readTree(response.body());
    }

    String text(String pointer) {
      return json().at(pointer).asString("");
    }

    String code() {
      return text("/error/code");
    }

    String message() {
      return text("/error/message");
    }

    Answer is(int expected) {
      assertThat(status).as(response.body()).isEqualTo(expected);
      return this;
    }

    /** It is refused with the API's envelope. */
    void isRefused(int expected, String code) {
      is(expected);
      assertThat(json().get("error").propertyNames())
          .containsExactly("message", "type", "param", "code");
      assertThat(code()).isEqualTo(code);
    }
  }

  Answer get(String path) throws IOException, InterruptedException {
    return ask("GET", path, "");
  }

  Answer post(String path, String body, String... fields) throws IOException, InterruptedException {
    return ask("POST", path, body, fields);
  }

  Answer ask(String method, String path, String body, String... fields)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .timeout(Duration.ofSeconds(20));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (fields.length > 0) {
      request.headers(fields);
    }
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    return new Answer(response.statusCode(), response);
  }

  @Override
  public void close() {
    client.close();
  }
}
