package tayyar.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** A folder of small shell scripts, and an environment that has nothing else on its PATH. */
record Programs(Path folder) {

  static Programs in(Path folder) throws IOException {
    return new Programs(Files.createDirectories(folder));
  }

  /** A program of this name; its arguments are in {@code $*}. */
  Programs with(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return this;
  }

  /** npm, as it answers {@code npm view PACKAGE@VERSION dist.tarball --json}. */
  Programs npm(String url) throws IOException {
    return with("npm", "echo \"$*\" >> \"$0.asked\"", "echo '\"" + url + "\"'");
  }

  /** Python's pip, as it answers {@code install --dry-run --report -}. */
  Programs pip(String url) throws IOException {
    return with(
        "python3",
        "echo \"$*\" >> \"$0.asked\"",
        "cat <<'END'",
        "{",
        "  \"version\": \"1\",",
        "  \"pip_version\": \"24.0\",",
        "  \"install\": [{\"download_info\": {\"url\": \""
            + url
            + "\","
            + " \"archive_info\": {\"hash\": \"sha256=00\"}}, \"is_direct\": false}],",
        "  \"environment\": {}",
        "}",
        "END");
  }

  /** How a program was called, a line each. */
  String asked(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".asked"));
  }

  Map<String, String> environment() {
    return Map.of("PATH", folder.toString(), "HOME", folder.toString());
  }
}
