package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import tayyar.api.ApiError;
import tayyar.dialect.ErrorText;

/** The errors of real servers, as they write them: behind a head with a status, and in a stream. */
class ErrorBodyTest {
  private static final String SAID = "maximum context length is 8192 tokens";

  /** A body behind the head of a refusal. */
  record Head(String server, int status, String body, ApiError means) {
    @Override
    public String toString() {
      return server;
    }
  }

  /** Data of an event behind a good head; null where it is no error. */
  record Event(String server, String data, @Nullable ApiError means) {
    @Override
    public String toString() {
      return server;
    }
  }

  private static ApiError refused(
      int status, String type, @Nullable String code, @Nullable String param, String message) {
    return new ApiError.Relayed(status, type, code, param, message);
  }

  private static ApiError refused(@Nullable String code) {
    return refused(400, "invalid_request_error", code, null, SAID);
  }

  private static ApiError failed(String why) {
    return new ApiError.UpstreamFailed(why);
  }

  private static final ApiError BUSY = new ApiError.UpstreamBusy(1);
  private static final ApiError UNREADABLE =
      new ApiError.UnreadableAnswer("the gateway behind could not read it.");
  private static final ApiError REPORTED = failed("it reported an error in its answer.");

  static final List<Head> HEADS =
      List.of(
          new Head(
              "OpenAI",
              400,
              "{\"error\":{\"message\":\"%s\",\"type\":\"invalid_request_error\",\"param\":\"messages\",\"code\":\"context_length_exceeded\"}}",
              refused(400, "invalid_request_error", "context_length_exceeded", "messages", SAID)),
          new Head(
              "vLLM, old",
              400,
              "{\"object\":\"error\",\"message\":\"%s\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}",
              refused(400, "BadRequestError", "400", null, SAID)),
          new Head(
              "Azure",
              400,
              "{\"error\":{\"message\":\"%s\",\"type\":null,\"param\":\"prompt\",\"code\":\"content_filter\",\"status\":400,\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}",
              refused(400, "invalid_request_error", "content_filter", "prompt", SAID)),
          new Head(
              "Google",
              400,
              "[{\"error\":{\"code\":400,\"message\":\"%s\",\"status\":\"INVALID_ARGUMENT\"}}]",
              refused("400")),
          new Head(
              "Google, its key refused",
              400,
              "[{\"error\":{\"code\":400,\"message\":\"API key not valid.\",\"status\":\"INVALID_ARGUMENT\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"API_KEY_INVALID\"}]}}]",
              failed("it refused its key.")),
          new Head(
              "Google, busy",
              429,
              "{\"error\":{\"code\":429,\"message\":\"quota\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"reason\":\"RATE_LIMIT_EXCEEDED\"},{\"retryDelay\":\"34.4s\"}]}}",
              new ApiError.UpstreamBusy(35)),
          new Head("Ollama, LM Studio", 400, "{\"error\":\"%s\"}", refused((String) null)),
          new Head(
              "TGI",
              422,
              "{\"error\":\"%s\",\"error_type\":\"validation\"}",
              refused(422, "validation", null, null, SAID)),
          new Head(
              "TGI, several",
              422,
              "{\"error\":[\"%s\",\"%s\",\"and more\"]}",
              refused(422, "invalid_request_error", null, null, SAID + "; and more")),
          new Head(
              "FastAPI",
              422,
              "{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"messages\",0,\"content\"],\"msg\":\"%s\",\"input\":{}},{\"loc\":[\"body\",\"n\"],\"msg\":\"no\"}]}",
              refused(
                  422,
                  "invalid_request_error",
                  "missing",
                  "messages.0.content",
                  "messages.0.content: " + SAID + "; n: no")),
          new Head("FastAPI, a string", 400, "{\"detail\":\"%s\"}", refused((String) null)),
          new Head(
              "Mistral",
              422,
              "{\"object\":\"error\",\"message\":{\"detail\":[{\"type\":\"x\",\"loc\":[\"body\"],\"msg\":\"%s\"}]},\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}",
              refused(422, "invalid_request_error", null, null, SAID)),
          new Head(
              "DashScope",
              400,
              "{\"code\":\"InvalidParameter\",\"message\":\"%s\",\"request_id\":\"r\"}",
              refused("InvalidParameter")),
          new Head("msg", 400, "{\"code\":\"Invalid\",\"msg\":\"%s\"}", refused("Invalid")),
          new Head("Cohere", 400, "{\"message\":\"%s\"}", refused((String) null)),
          new Head(
              "Cloudflare",
              400,
              "{\"success\":false,\"errors\":[{\"code\":7009,\"message\":\"%s\"}],\"result\":null}",
              refused("7009")),
          new Head(
              "xAI",
              400,
              "{\"code\":\"Client specified an invalid argument\",\"error\":\"%s\"}",
              refused("Client specified an invalid argument")),
          new Head(
              "problem details",
              400,
              "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\"%s\"}",
              refused((String) null)),
          new Head(
              "Spring",
              400,
              "{\"timestamp\":1,\"status\":400,\"error\":\"Bad Request\",\"message\":\"%s\",\"path\":\"/v1\"}",
              refused((String) null)),
          new Head(
              "OAuth",
              400,
              "{\"error\":\"invalid_request\",\"error_description\":\"%s\"}",
              refused((String) null)),
          new Head("DeepInfra", 400, "{\"detail\":{\"error\":\"%s\"}}", refused((String) null)),
          new Head(
              "ASP.NET",
              400,
              "{\"title\":\"%s\",\"status\":400,\"errors\":{\"Model\":[\"is required\"]}}",
              refused((String) null)),
          new Head("text", 400, "  %s\n", refused((String) null)),
          new Head(
              "an event",
              400,
              "event: error\r\ndata: {\"error\":{\"message\":\"%s\"}}\r\n\r\n",
              refused((String) null)),
          new Head("an event of text", 400, "data: %s\n\ndata: [DONE]\n\n", refused((String) null)),
          new Head("a JSON string", 400, "\"%s\"", refused((String) null)),
          new Head(
              "a page",
              400,
              "<html><head><title>400</title></head><body>nginx %s</body></html>",
              refused(400, "invalid_request_error", null, null, "The model refused the request.")),
          new Head(
              "a page in JSON",
              400,
              "{\"error\":{\"message\":\"upstream said <!DOCTYPE html><p>%s\",\"code\":\"x\"}}",
              refused(400, "invalid_request_error", "x", null, "The model refused the request.")),
          new Head(
              "broken JSON",
              413,
              "{\"error\":{\"message\":\"%s",
              refused(413, "invalid_request_error", null, null, "The model refused the request.")),
          new Head(
              "nothing",
              415,
              "",
              refused(415, "invalid_request_error", null, null, "The model refused the request.")),
          new Head(
              "OpenAI, a key",
              401,
              "{\"error\":{\"message\":\"Incorrect API key provided: sk-1\",\"code\":\"invalid_api_key\"}}",
              failed("it answered with status 401.")),
          new Head(
              "OpenAI, no money",
              429,
              "{\"error\":{\"message\":\"%s\",\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
              BUSY),
          new Head(
              "Anthropic",
              529,
              "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
              BUSY),
          new Head("a proxy", 503, "{}", failed("it is not available.")),
          new Head(
              "our worker", 503, "{\"error\":{\"code\":\"queue_full\"}}", new ApiError.QueueFull()),
          new Head(
              "a bug", 500, "{\"error\":{\"code\":400}}", failed("it answered with status 500.")));

  @ParameterizedTest
  @FieldSource("HEADS")
  void behindAHead(Head head) {
    byte[] body = head.body().replace("%s", SAID).getBytes(UTF_8);
    assertThat(ErrorBody.read(head.status(), "", body)).isEqualTo(head.means());
  }

  static final List<Event> EVENTS =
      List.of(
          new Event(
              "SGLang",
              "{\"error\":{\"object\":\"error\",\"message\":\"%s\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}",
              refused(400, "BadRequestError", "400", null, SAID)),
          new Event(
              "vLLM, old",
              "{\"object\":\"error\",\"message\":\"%s\",\"type\":\"BadRequestError\",\"code\":400}",
              refused(400, "BadRequestError", "400", null, SAID)),
          new Event(
              "vLLM, a bug of its",
              "{\"error\":{\"message\":\"x\",\"type\":\"InternalServerError\",\"code\":500}}",
              failed("it answered with status 500.")),
          new Event(
              "OpenRouter",
              "{\"id\":\"g\",\"error\":{\"code\":\"400\",\"message\":\"%s\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}",
              refused("400")),
          new Event(
              "OpenRouter, busy",
              "{\"error\":{\"code\":429,\"message\":\"Rate limited\"},\"choices\":[]}",
              BUSY),
          new Event(
              "words, a code",
              "{\"error\":{\"message\":\"%s\",\"code\":\"context_length_exceeded\",\"type\":\"server_error\"}}",
              refused(400, "server_error", "context_length_exceeded", null, SAID)),
          new Event(
              "words, a type",
              "{\"error\":{\"message\":\"%s\",\"type\":\"invalid_request_error\",\"code\":null}}",
              refused((String) null)),
          new Event(
              "words, a number of their own",
              "{\"error\":{\"message\":\"%s\",\"type\":\"invalid_request_error\",\"code\":1301}}",
              refused("1301")),
          new Event(
              "a key that is wrong is no wrong request",
              "{\"error\":{\"message\":\"x\",\"type\":\"invalid_request_error\",\"code\":\"invalid_api_key\"}}",
              failed("it answered with status 401.")),
          new Event(
              "OpenAI, too many",
              "{\"error\":{\"message\":\"x\",\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\"}}",
              BUSY),
          new Event(
              "OpenAI, no money",
              "{\"error\":{\"message\":\"x\",\"type\":\"insufficient_quota\",\"code\":null}}",
              BUSY),
          new Event(
              "Anthropic",
              "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
              BUSY),
          new Event(
              "Google",
              "[{\"error\":{\"code\":400,\"message\":\"%s\",\"status\":\"INVALID_ARGUMENT\"}}]",
              refused("400")),
          new Event(
              "Google, words alone",
              "{\"error\":{\"message\":\"x\",\"status\":\"RESOURCE_EXHAUSTED\"}}",
              BUSY),
          new Event(
              "Groq",
              "{\"error\":{\"message\":\"%s\",\"type\":\"x\",\"status_code\":413}}",
              refused(413, "x", null, null, SAID)),
          new Event(
              "TGI",
              "{\"error\":\"%s\",\"error_type\":\"validation\"}",
              refused(400, "validation", null, null, SAID)),
          new Event("Ollama", "{\"error\":\"the runner has ended\"}", REPORTED),
          new Event(
              "a gateway like this one",
              "{\"error\":{\"message\":\"x\",\"type\":\"bad_gateway\",\"param\":null,\"code\":\"unreadable_answer\"}}",
              UNREADABLE),
          new Event("no code", "{\"error\":{\"message\":\"x\",\"code\":null}}", REPORTED),
          new Event("a number of its own", "{\"error\":{\"code\":1301}}", REPORTED),
          new Event("FastAPI", "{\"detail\":\"%s\"}", REPORTED),
          new Event(
              "FastAPI, places",
              "{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"n\"],\"msg\":\"%s\"}]}",
              refused(422, "invalid_request_error", "extra_forbidden", "n", "n: " + SAID)),
          new Event(
              "DashScope",
              "{\"code\":\"DataInspectionFailed\",\"message\":\"%s\",\"request_id\":\"r\"}",
              refused("DataInspectionFailed")),
          new Event(
              "DashScope, busy", "{\"code\":\"Throttling.RateQuota\",\"message\":\"x\"}", BUSY),
          new Event("Cloudflare", "{\"success\":false,\"errors\":[{\"code\":7009}]}", REPORTED),
          new Event("null", "{\"choices\":[],\"error\":null}", null),
          new Event("empty", "{\"choices\":[],\"error\":\"\"}", null),
          new Event("false", "{\"choices\":[],\"error\":false}", null),
          new Event("an empty object", "{\"choices\":[],\"error\":{}}", null),
          new Event("a sign of life", "{\"type\":\"ping\"}", null),
          new Event("a message", "{\"message\":\"working\",\"status\":\"processing\"}", null),
          new Event("all is well", "{\"message\":\"ok\",\"code\":200}", null),
          new Event("members of a chunk", "{\"choices\":[],\"detail\":\"x\",\"code\":400}", null),
          new Event("nothing", "{}", null));

  @ParameterizedTest
  @FieldSource("EVENTS")
  void inAStream(Event event) {
    byte[] data = event.data().replace("%s", SAID).getBytes(UTF_8);
    assertThat(ErrorBody.findEvent(data, 0, data.length)).isEqualTo(event.means());
  }

  /** The reader of chunks finds the same. */
  @ParameterizedTest
  @FieldSource("EVENTS")
  void amongChunks(Event event) {
    byte[] data = event.data().replace("%s", SAID).getBytes(UTF_8);
    var reader = new ChunkReader(new UsualChunkPropertiesTest.Given(), true);
    assertThat(reader.read(data, 0, data.length)).isEqualTo(event.means());
  }

  /** An event that is called an error is one, whatever stands in it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"message\":\"no\",\"status\":400}|400",
        "{\"detail\":\"no\"}|503",
        "no|503",
        "null|503",
        "{\"code\":\"rate_limit_exceeded\"}|503",
      })
  void anEventOfThatName(String data, int status) {
    byte[] bytes = data.getBytes(UTF_8);
    assertThat(ErrorBody.ofEvent(bytes, 0, bytes.length).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "7.66, 8",
    "7., 7",
    "0, 1",
    "0.2, 1",
    "999999999, 3600",
    "-3, 1",
    "soon, 1",
    "'Wed, 21 Oct 2015 07:28:00 GMT', 1",
  })
  void retryAfter(String field, int seconds) {
    assertThat(ErrorBody.seconds(field)).isEqualTo(seconds);
  }

  @ParameterizedTest
  @CsvSource({"429, 5", "529, 5", "502, 5", "503, 5", "500, 5"})
  void aTargetThatNamesATimeIsLeftAloneForIt(int status, int seconds) {
    assertThat(ErrorBody.read(status, "4.2", new byte[0]))
        .isEqualTo(new ApiError.UpstreamBusy(seconds));
  }

  private static String message(String said) {
    byte[] body = said.getBytes(UTF_8);
    return ErrorBody.read(400, "", body).message();
  }

  @Test
  void wordsAreNotTooMany() {
    assertThat(message("a".repeat(2_000))).isEqualTo("a".repeat(2_000));
    assertThat(message("a".repeat(1_999) + "😀 and so on")).isEqualTo("a".repeat(1_999) + "…");
    ApiError error =
        ErrorBody.read(400, "", ("{\"code\":\"" + "b".repeat(500) + "\"}").getBytes(UTF_8));
    assertThat(error.code()).isEqualTo("b".repeat(100) + "…");
  }

  @Test
  void controlCharactersAreNone() {
    assertThat(message("a\u0000\u001b[31mb\nc\td\u0085e\r\nf")).isEqualTo("a [31mb\nc\td e \nf");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wrong key sk-proj-abc123def456 given|wrong key *** given",
        "header 'Bearer abcdef.ghijkl'|header 'Bearer ***'",
        "AIzaSyA1234567890abcdefghij-x is out|*** is out",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln is out|*** is out",
        "use the bearer of bad news|use the bearer of bad news",
        "sk-learn is a library|sk-learn is a library",
      })
  void keysAreHidden(String said, String told) {
    assertThat(message(said)).isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Your organization must be verified|Your organization must be verified",
        "limit for gpt-5 in organization org-AbC123dEf456 on tokens|limit for gpt-5 in organization *** on tokens",
        "project proj_abcDEF123 of user-AbC123dEf456|project *** of ***",
        "of Organization \"Nile Data\" and workspace 'main'|of Organization *** and workspace ***",
        "organization: 3fa85f64-5717-4562-b3fc-2c963f66afa6|organization: ***",
        "in project 123456789012 before|in project *** before",
        "Consumer project_number:123456789 of projects/my-project-1/locations|Consumer project_number:*** of ***/locations",
        "robot@my-project.iam.gserviceaccount.com lacks it|*** lacks it",
        "an org-wide, user-defined project of 3|an org-wide, user-defined project of 3",
        "request 3fa85f64-5717-4562-b3fc-2c963f66afa6|request 3fa85f64-5717-4562-b3fc-2c963f66afa6",
      })
  void accountsAreHidden(String said, String told) {
    assertThat(message(said)).isEqualTo(told);
  }

  @Test
  void theTargetsOwnKeyIsHiddenWhereverItStands() {
    ApiError error =
        refused(400, "t-secret-of-ours", "secret-of-ours", "secret-of-ours", "secret-of-ours!");
    assertThat(ErrorText.without("secret-of-ours", error))
        .isEqualTo(refused(400, "t-***", "***", "***", "***!"));
    assertThat(ErrorText.without(null, error)).isEqualTo(error);
  }

  @Test
  void noBeginningOfTheTargetsOwnKeyIsLeftWhereItsWordsAreCut() {
    String key = "secret-of-ours";
    for (int before = 1_980; before <= 2_001; before++) {
      String words = ErrorText.words("x".repeat(before) + key + "y".repeat(99));
      assertThat(ErrorText.without(key, words == null ? "" : words)).doesNotContain("secret");
    }
    assertThat(ErrorText.without(key, "a secret-of-…")).isEqualTo("a ***…");
    assertThat(ErrorText.without(key, "a secret-of-")).isEqualTo("a secret-of-");
  }

  @ParameterizedTest
  @CsvSource({
    "invalid_request_error, 400",
    "BadRequestError, 400",
    "Bad Request, 400",
    "INVALID_ARGUMENT, 400",
    "exceed_context_size_error, 400",
    "unsupported_value, 400",
    "InvalidParameter.DataInspection, 400",
    "invalid_api_key, 401",
    "invalid_api_key_format, 401",
    "InvalidAccessKeyId.NotFound, 401",
    "AuthenticationError, 401",
    "PERMISSION_DENIED, 403",
    "permission_denied, 403",
    "NotFoundError, 404",
    "model_not_found, 404",
    "request_too_large, 413",
    "UnprocessableEntityError, 422",
    "rate_limit_error, 429",
    "RateLimitError, 429",
    "rate_limit_reached_error, 429",
    "Throttling.AllocationQuota, 429",
    "insufficient_quota, 429",
    "RESOURCE_EXHAUSTED, 429",
    "overloaded_error, 529",
    "api_error, 500",
    "server_error, 500",
    "InternalServerError, 500",
    "UNAVAILABLE, 503",
    "upstream_failed, 0",
    "simulated, 0",
    "'', 0",
  })
  void words(String word, int status) {
    assertThat(ErrorWords.status(word)).isEqualTo(status);
  }
}
