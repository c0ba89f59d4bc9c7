import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives the classes of jars the form of Java 8: an AOT cache keeps no class of Java 5, whose
 * verification needs to load others, and picocli is made of such. The launcher runs this from its
 * source, once after a build. What the code does stays as it is.
 */
final class NewerClasses {
  private static final int JAVA_8 = 52;

  private NewerClasses() {}

  /** Rewrites the jars named. */
  public static void main(String[] jars) throws IOException {
    for (String jar : jars) {
      rewrite(Path.of(jar));
    }
  }

  private static void rewrite(Path jar) throws IOException {
    URL[] itself = {jar.toUri().toURL()};
    try (var loader = new URLClassLoader(itself, ClassLoader.getPlatformClassLoader());
        FileSystem inside = FileSystems.newFileSystem(jar)) {
      ClassHierarchyResolver known =
          ClassHierarchyResolver.ofResourceParsing(loader)
              .orElse(ClassHierarchyResolver.defaultResolver());
      ClassFile form = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(known));
      for (Path file : classes(inside)) {
        ClassModel old = form.parse(Files.readAllBytes(file));
        if (old.majorVersion() < JAVA_8) {
          Files.write(file, form.transformClass(old, NEWER));
        }
      }
    }
  }

  private static List<Path> classes(FileSystem inside) throws IOException {
    try (Stream<Path> all = Files.walk(inside.getPath("/"))) {
      return all.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }

  /** The code is taken apart and put together again, which makes the stack maps it lacked. */
  private static final ClassTransform NEWER =
      ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
          .andThen(
              (type, element) -> {
                if (element instanceof ClassFileVersion) {
                  type.withVersion(JAVA_8, 0);
                } else {
                  type.with(element);
                }
              });
}
