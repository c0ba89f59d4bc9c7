package tayyar.testing;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/** Makes the engine's step begin with a call to the C library that may never return. */
public final class Hanging implements ClassFileTransformer {
  private static final ClassDesc SELF = ClassDesc.of(Hanging.class.getName());

  private static volatile boolean now;

  Hanging() {}

  /** The next step hangs. */
  static void now() {
    now = true;
  }

  /** Called at the beginning of a step. */
  @SuppressWarnings("restricted")
  public static void step() throws Throwable {
    if (now) {
      Linker linker = Linker.nativeLinker();
      var _ =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow("pause"),
                      FunctionDescriptor.of(ValueLayout.JAVA_INT))
                  .invokeExact();
    }
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (!name.equals("tayyar/engine/Llama")) {
      return null;
    }
    ClassFile classes = ClassFile.of();
    return classes.transformClass(
        classes.parse(bytes),
        ClassTransform.transformingMethodBodies(
            method -> method.methodName().equalsString("decode"), new Begin()));
  }

  private static final class Begin implements CodeTransform {
    @Override
    public void atStart(CodeBuilder code) {
      code.invokestatic(SELF, "step", ConstantDescs.MTD_void);
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      code.with(element);
    }
  }
}
