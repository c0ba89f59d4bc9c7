package tayyar.upstream;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tayyar.upstream.Worker.Libraries;

/**
 * What a worker inherits of the gateway's environment: what tells of the machine and its log; and,
 * for libraries of the operator's own, of libraries and graphics cards. All else may hold a secret,
 * such as the keys of targets, or name code to load, and is left out by not being named here.
 */
final class WorkerEnvironment {
  private static final Set<String> NAMES =
      Set.of("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "TEMP", "TMP", "TMPDIR", "TZ", "USER");

  /** The C library, its memory, its threads: nothing that names a file to load. */
  private static final Pattern FAMILIES =
      Pattern.compile("(LC|GLIBC|MALLOC|GOMP|TAYYAR_LOG)(_.*)?|OMP_(NUM_|PROC_|THREAD_).*");

  /** The loader, computing libraries and drivers of graphics cards. */
  private static final Pattern OWN_FAMILIES =
      Pattern.compile(
          "(LD|DYLD|GGML|OMP|KMP|OPENBLAS|MKL|BLIS|CUDA|NVIDIA|HIP|HSA|ROCR|ROCM"
              + "|AMD|GPU|VK|MESA|SYCL|ONEAPI|ZE|MTL)(_.*)?");

  /**
   * The launcher's setting for socket buffers; left out, because a model's start would wait for
   * huge pages.
   */
  private static final String HUGE_PAGES = "glibc.malloc.hugetlb=1";

  private WorkerEnvironment() {}

  /** Takes out what a worker with these libraries does not inherit. */
  static void reduce(Map<String, String> environment, Libraries libraries) {
    environment.keySet().removeIf(name -> !inherits(name, libraries));
    environment.remove("GLIBC_TUNABLES", HUGE_PAGES);
  }

  static boolean inherits(String name, Libraries libraries) {
    return NAMES.contains(name)
        || FAMILIES.matcher(name).matches()
        || (libraries == Libraries.OWN && OWN_FAMILIES.matcher(name).matches());
  }
}
