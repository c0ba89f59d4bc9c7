package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** A program of another language that answers each line of JSON with one. */
public final class Program implements AutoCloseable {
  private static final int ANSWER_SECONDS = 60;

  private final Process process;
  private final BufferedReader out;
  private final Path errors;

  private Program(Process process, Path errors) {
    this.process = process;
    this.out = process.inputReader(UTF_8);
    this.errors = errors;
  }

  /** Starts a program; its standard error is part of a failing test's message. */
  public static Program start(String... command) throws IOException {
    Path errors = Files.createTempFile("tayyar-program", ".err");
    Process process =
        new ProcessBuilder(Arrays.asList(command)).redirectError(errors.toFile()).start();
    return new Program(process, errors);
  }

  /** Sends a line and waits for the next one. */
  public JsonNode ask(JsonNode line) throws IOException {
    return ask(line, ANSWER_SECONDS);
  }

  /** The same for an answer that may take longer. */
  public JsonNode ask(JsonNode line, int seconds) throws IOException {
    process.outputWriter(UTF_8).write(line + "\n");
    process.outputWriter(UTF_8).flush();
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(this::line, Thread::startVirtualThread);
    try {
      return Response.JSON.readTree(answer.get(seconds, TimeUnit.SECONDS));
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("no answer of the program; its errors: " + errors(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String line() {
    try {
      String line = out.readLine();
      if (line == null) {
        throw new IOException("the program has ended");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> errors() throws IOException {
    return Files.readAllLines(errors, UTF_8);
  }

  /** Ends its input, then the program. */
  @Override
  public void close() throws IOException {
    process.outputWriter(UTF_8).close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(errors);
  }
}
