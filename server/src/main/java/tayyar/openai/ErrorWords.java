package tayyar.openai;

import java.util.Locale;
import java.util.Map;

/**
 * The HTTP statuses that servers mean by words: {@code invalid_request_error}, {@code
 * RESOURCE_EXHAUSTED}, {@code BadRequestError}. Case, signs and a last "error" or "exception" make
 * no difference.
 *
 * @see <a href="https://platform.openai.com/docs/guides/error-codes">OpenAI, error codes</a>
 * @see <a href="https://docs.anthropic.com/en/api/errors">Anthropic, errors</a>
 * @see <a href="https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto">Google,
 *     status codes</a>
 */
final class ErrorWords {
  private static final int CHARS_MAX = 60;

  /** Without those that {@link #ofKind} knows by their beginning. */
  private static final Map<String, Integer> STATUSES =
      Map.ofEntries(
          Map.entry("badrequest", 400),
          Map.entry("validation", 400),
          Map.entry("failedprecondition", 400),
          Map.entry("outofrange", 400),
          Map.entry("contextlengthexceeded", 400),
          Map.entry("contextwindowexceeded", 400),
          Map.entry("exceedcontextsize", 400),
          Map.entry("contentfilter", 400),
          Map.entry("contentpolicyviolation", 400),
          Map.entry("responsibleaipolicyviolation", 400),
          Map.entry("datainspectionfailed", 400),
          Map.entry("stringabovemaxlength", 400),
          Map.entry("jsonvalidatefailed", 400),
          Map.entry("toolusefailed", 400),
          Map.entry("invalidauthentication", 401),
          Map.entry("invalidtoken", 401),
          Map.entry("authentication", 401),
          Map.entry("unauthenticated", 401),
          Map.entry("unauthorized", 401),
          Map.entry("paymentrequired", 402),
          Map.entry("insufficientbalance", 402),
          Map.entry("billing", 402),
          Map.entry("forbidden", 403),
          Map.entry("accessdenied", 403),
          Map.entry("permission", 403),
          Map.entry("permissiondenied", 403),
          Map.entry("notfound", 404),
          Map.entry("modelnotfound", 404),
          Map.entry("conflict", 409),
          Map.entry("alreadyexists", 409),
          Map.entry("aborted", 409),
          Map.entry("payloadtoolarge", 413),
          Map.entry("requesttoolarge", 413),
          Map.entry("requestentitytoolarge", 413),
          Map.entry("unprocessableentity", 422),
          Map.entry("ratelimit", 429),
          Map.entry("toomanyrequests", 429),
          Map.entry("insufficientquota", 429),
          Map.entry("quotaexceeded", 429),
          Map.entry("exceededcurrentquota", 429),
          Map.entry("resourceexhausted", 429),
          Map.entry("engineoverloaded", 429),
          Map.entry("overloaded", 529),
          Map.entry("modeloverloaded", 529),
          Map.entry("api", 500),
          Map.entry("server", 500),
          Map.entry("internal", 500),
          Map.entry("internalserver", 500),
          Map.entry("serviceunavailable", 503),
          Map.entry("unavailable", 503),
          Map.entry("deadlineexceeded", 504),
          Map.entry("timeout", 504));

  private ErrorWords() {}

  /** The status a word stands for, 400 to 599; 0 where nobody knows. */
  static int status(String word) {
    if (word.length() > CHARS_MAX) {
      return 0;
    }
    String plain =
        word.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]", "")
            .replaceFirst("(error|exception)$", "");
    Integer known = STATUSES.get(plain);
    return known == null ? ofKind(plain) : known;
  }

  /** Of invalid parameters, wrong keys and limits of rates there are too many kinds to name. */
  private static int ofKind(String plain) {
    if (plain.startsWith("ratelimit") || plain.startsWith("throttl")) {
      return 429;
    }
    if (plain.contains("apikey") || plain.contains("accesskey") || plain.contains("credential")) {
      return 401;
    }
    boolean wrong =
        plain.startsWith("invalid")
            || plain.startsWith("unsupported")
            || plain.startsWith("missingrequired");
    return wrong ? 400 : 0;
  }
}
