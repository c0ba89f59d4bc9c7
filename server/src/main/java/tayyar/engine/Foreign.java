package tayyar.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads libraries, links their functions and calls them; what they log is kept. */
@SuppressWarnings("restricted")
final class Foreign {
  private static final Logger LOG = LoggerFactory.getLogger(Foreign.class);
  private static final int LOG_ERROR = 4;
  private static final long TEXT_BYTES_MAX = 1L << 22;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Map<String, MethodHandle> LINKED = new ConcurrentHashMap<>();

  /** The prefixes of llama.cpp's messages: names of functions and what they did. */
  private static final Pattern WHERE = Pattern.compile("^(?:[a-z0-9_]+: |error loading model: )+");

  /**
   * The first error that llama.cpp logged since they were forgotten: the reason for a null it
   * returned. Those behind it only say what came of it.
   */
  private static volatile String error = "";

  private Foreign() {}

  static SymbolLookup library(Path folder, String name) {
    try {
      return SymbolLookup.libraryLookup(file(folder, name), Arena.global());
    } catch (IllegalArgumentException e) {
      throw new EngineException(
          "The library " + name + " in " + folder + " can't be loaded: " + e.getMessage(), e);
    }
  }

  /** A library's file. */
  static Path file(Path folder, String name) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().matches(name + "(\\.v[0-9.]+)?\\.(so|dylib)"))
          .findFirst()
          .orElseThrow(() -> new EngineException("There is no " + name + " in " + folder + "."));
    } catch (IOException e) {
      throw new EngineException("The folder " + folder + " can't be read.", e);
    }
  }

  /** Links a function, once. */
  static MethodHandle handle(
      SymbolLookup library,
      String name,
      @Nullable MemoryLayout result,
      MemoryLayout... parameters) {
    return LINKED.computeIfAbsent(name, n -> link(library, n, result, parameters));
  }

  private static MethodHandle link(
      SymbolLookup library, String name, @Nullable MemoryLayout result, MemoryLayout[] parameters) {
    FunctionDescriptor descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(result, parameters);
    MemorySegment symbol =
        library
            .find(name)
            .orElseThrow(() -> new EngineException("llama.cpp's library lacks " + name + "."));
    return LINKER.downcallHandle(symbol, descriptor);
  }

  /**
   * The CPU time of all threads of this process.
   *
   * @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/functions/clock.html">clock</a>,
   *     whose unit POSIX fixes at a microsecond
   */
  static long processCpuNanos() {
    return 1_000 * (long) invoke(standard("clock", JAVA_LONG));
  }

  /** A function of the C library, linked once. */
  static MethodHandle standard(
      String name, @Nullable MemoryLayout result, MemoryLayout... parameters) {
    return handle(LINKER.defaultLookup(), name, result, parameters);
  }

  static void forgetErrors() {
    error = "";
  }

  /** Returns the library's logged error, or else another reason. */
  static String error(String otherwise) {
    return error.isEmpty() ? otherwise : error;
  }

  /** Memory of the library's, which has so many bytes. */
  static MemorySegment sized(MemorySegment memory, long bytes) {
    return memory.reinterpret(bytes);
  }

  static String string(MemorySegment text) {
    return text.reinterpret(TEXT_BYTES_MAX).getString(0, UTF_8);
  }

  static MemorySegment logCallback() {
    try {
      MethodHandle log =
          MethodHandles.lookup()
              .findStatic(
                  Foreign.class,
                  "log",
                  MethodType.methodType(
                      void.class, int.class, MemorySegment.class, MemorySegment.class));
      return LINKER.upcallStub(
          log, FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS), Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /**
   * A question that C code asks: a function of a pointer, which it disregards, to a truth.
   *
   * @param asked asked on the thread that called the C code; must not throw
   */
  static MemorySegment question(BooleanSupplier asked, Arena arena) {
    try {
      MethodHandle ask =
          MethodHandles.lookup()
              .findVirtual(
                  BooleanSupplier.class, "getAsBoolean", MethodType.methodType(boolean.class))
              .bindTo(asked);
      return LINKER.upcallStub(
          MethodHandles.dropArguments(ask, 0, MemorySegment.class),
          FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS),
          arena);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** Takes llama.cpp's log: keeps the first error, and logs all of it at the level debug. */
  @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // llama.cpp calls it so
  private static void log(int level, MemorySegment text, MemorySegment data) {
    String line = string(text).strip();
    if (level == LOG_ERROR && error.isEmpty()) {
      error = WHERE.matcher(line).replaceFirst("");
    }
    LOG.atDebug().addKeyValue("level", level).log(line);
  }

  static void call(MethodHandle function, Object... arguments) {
    var _ = invoke(function, arguments);
  }

  static Object invoke(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(List.of(arguments));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
