package tayyar.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds a repository's files on a hub, and what the hub says of them. */
final class HubFiles {
  /** The usual trade of size for quality, best first. */
  private static final List<String> PREFERRED = List.of("q4_k_m", "q4_0", "q5_k_m", "q8_0");

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LIST_BYTES_MAX = 32 << 20;
  private static final int PAGES_MAX = 100;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");

  private final Hub hub;
  private final Web web;

  HubFiles(Hub hub, Web web) {
    this.hub = hub;
    this.web = web;
  }

  /**
   * What the hub says of a file.
   *
   * @param at where it is, in the state that was looked at
   * @param checksum of its bytes, or none where the hub knows none
   */
  record Facts(URI at, Checksum checksum) {}

  /**
   * Looks at a file.
   *
   * @throws FetchException if the hub can't be asked, has none or does not give it
   */
  Facts facts(String repository, String revision, String file) {
    try {
      HttpResponse<?> head = web.head(hub.file(repository, revision, file), PATIENCE);
      HttpHeaders said = head.headers();
      if (head.statusCode() >= 400) {
        throw refusal(head, repository, file);
      }
      String commit = said.firstValue("X-Repo-Commit").orElse("");
      String state = commit.matches("[0-9a-f]{40}") ? commit : revision;
      String tag = said.firstValue("X-Linked-Etag").orElse("").replaceAll("^W/|\"", "");
      Checksum sum = tag.matches("[0-9a-f]{64}") ? Checksum.sha256(tag) : Checksum.NONE;
      return new Facts(hub.file(repository, state, file), sum);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /**
   * The GGUF file that suits most people.
   *
   * @throws FetchException if the hub can't be asked or has none
   */
  String best(String repository) {
    List<String> files = list(repository);
    for (String wanted : PREFERRED) {
      for (String file : files) {
        if (file.toLowerCase(Locale.ROOT).contains(wanted)) {
          return file;
        }
      }
    }
    return files.getFirst();
  }

  private List<String> list(String repository) {
    var files = new ArrayList<String>();
    Optional<URI> page = Optional.of(hub.tree(repository, "main"));
    try {
      for (int pages = 0; page.isPresent() && pages < PAGES_MAX; pages++) {
        URI at = page.get();
        HttpResponse<InputStream> response = web.get(at, Map.of(), PATIENCE);
        try (InputStream body = response.body()) {
          if (response.statusCode() != 200) {
            throw refusal(response, repository, "");
          }
          models(body.readNBytes(LIST_BYTES_MAX), files);
        }
        page = response.headers().firstValue("Link").flatMap(link -> next(at, link));
      }
    } catch (IOException e) {
      throw unreachable(e);
    } catch (JacksonException e) {
      throw new FetchException("The hub " + hub + " gave an answer that can't be read.", e);
    }
    if (files.isEmpty()) {
      throw new FetchException("'" + repository + "' has no GGUF file.");
    }
    return files;
  }

  /** Those that are a model by themselves: neither a part of one nor its eyes. */
  private static void models(byte[] page, List<String> files) {
    for (JsonNode entry : JsonMapper.shared().readTree(page)) {
      String name = entry.path("path").asString("");
      boolean part = name.matches(".*-\\d{5}-of-\\d{5}\\.gguf") || name.contains("mmproj");
      if (name.endsWith(".gguf") && !part && !entry.path("type").asString("").equals("directory")) {
        files.add(name);
      }
    }
  }

  private Optional<URI> next(URI at, String link) {
    Matcher next = NEXT.matcher(link);
    return next.find()
        ? Address.of(at.resolve(next.group(1)).toString()).filter(hub::owns)
        : Optional.empty();
  }

  private FetchException refusal(HttpResponse<?> response, String repository, String file) {
    int status = response.statusCode();
    String code = response.headers().firstValue("X-Error-Code").orElse("");
    String who = "The hub " + hub;
    if (code.equals("GatedRepo") || status == 403) {
      return new FetchException(
          who
              + " gives '"
              + repository
              + "' only to whom its owner lets in: ask at "
              + hub
              + "/"
              + repository
              + ", then set HF_TOKEN to a token of yours.");
    }
    if (status == 401 && !hub.token().isEmpty() && !code.equals("RepoNotFound")) {
      return new FetchException(who + " does not take the token in HF_TOKEN (401).");
    }
    if (status == 429) {
      String rest = response.headers().firstValue("Retry-After").orElse("");
      String when = rest.matches("\\d{1,6}") ? " in " + rest + " s" : " later";
      return new FetchException(who + " is asked too often (429); try again" + when + ".");
    }
    if (status >= 500) {
      return new FetchException(who + " is out of order (" + status + "); try again later.");
    }
    return new FetchException(
        code.equals("EntryNotFound")
            ? "'" + repository + "' has no file '" + file + "' on the hub " + hub + " (404)."
            : who + " does not know '" + repository + "' (" + status + ").");
  }

  private FetchException unreachable(IOException e) {
    boolean gone = e instanceof ConnectException || e instanceof HttpTimeoutException;
    String why =
        gone ? " can't be reached. Is the network there?" : " gave an answer that can't be read.";
    return new FetchException("The hub " + hub + why, e);
  }
}
