package tayyar.upstream;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The variables that a worker inherits from the gateway: those of the machine, its libraries and
 * its log. All others may hold secrets, such as the keys of targets, and are left out.
 */
final class WorkerEnvironment {
  private static final Set<String> NAMES =
      Set.of("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "TEMP", "TMP", "TMPDIR", "TZ", "USER");

  /** The C library, the loader, computing libraries and drivers of graphics cards. */
  private static final Pattern FAMILIES =
      Pattern.compile(
          "(LC|LD|DYLD|GLIBC|MALLOC|GGML|OMP|GOMP|KMP|OPENBLAS|MKL|BLIS|CUDA|NVIDIA|HIP|HSA|ROCR|ROCM"
              + "|AMD|GPU|VK|MESA|SYCL|ONEAPI|ZE|MTL|TAYYAR_LOG)(_.*)?");

  /**
   * The launcher's setting for socket buffers; left out, because a model's start would wait for
   * huge pages.
   */
  private static final String HUGE_PAGES = "glibc.malloc.hugetlb=1";

  private WorkerEnvironment() {}

  /** Removes the variables that a worker does not inherit. */
  static void reduce(Map<String, String> environment) {
    environment.keySet().removeIf(name -> !inherits(name));
    environment.remove("GLIBC_TUNABLES", HUGE_PAGES);
  }

  static boolean inherits(String name) {
    return NAMES.contains(name) || FAMILIES.matcher(name).matches();
  }
}
