package tayyar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What CONTRIBUTING.md says of the length of methods and files. */
final class HouseRulesTest {
  private static final int METHOD_LINES_MAX = 40;
  private static final int FILE_LINES_MAX = 400;
  private static final Path ROOT =
      Path.of(System.getProperty("tayyar.basedir", ".")).toAbsolutePath();

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("bench", "server")) {
      try (var all = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
        sources.addAll(all.filter(path -> path.toString().endsWith(".java")).toList());
      }
    }
    return sources;
  }

  @Test
  void filesAreShort() throws IOException {
    List<String> longOnes = new ArrayList<>();
    for (Path source : sources()) {
      int lines = Files.readAllLines(source, UTF_8).size();
      if (lines > FILE_LINES_MAX) {
        longOnes.add(ROOT.relativize(source) + " has " + lines + " lines");
      }
    }
    assertThat(longOnes).isEmpty();
  }

  @Test
  void methodsAreShort() throws IOException {
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    try (var files = compiler.getStandardFileManager(null, null, UTF_8)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources()));
      var methods = new Methods(Trees.instance(task).getSourcePositions());
      for (CompilationUnitTree unit : task.parse()) {
        methods.scan(unit, unit);
      }
      assertThat(methods.seen).isGreaterThan(1_000);
      assertThat(methods.longOnes).isEmpty();
    }
  }

  private static final class Methods extends TreeScanner<Void, CompilationUnitTree> {
    private final SourcePositions positions;
    private final List<String> longOnes = new ArrayList<>();
    private int seen;

    Methods(SourcePositions positions) {
      this.positions = positions;
    }

    @Override
    public Void visitMethod(MethodTree method, CompilationUnitTree unit) {
      seen++;
      if (method.getBody() != null) {
        LineMap map = unit.getLineMap();
        long from = map.getLineNumber(positions.getStartPosition(unit, method.getBody()));
        long to = map.getLineNumber(positions.getEndPosition(unit, method.getBody()));
        if (to - from - 1 > METHOD_LINES_MAX) {
          Path file = ROOT.relativize(Path.of(unit.getSourceFile().toUri()));
          longOnes.add(file + ": " + method.getName() + " has " + (to - from - 1) + " lines");
        }
      }
      return super.visitMethod(method, unit);
    }
  }
}
