package postern.rule;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The method for one right-hand side: {@code int write(Matcher, int[] vector, int from, int[]
 * out)}. Words are constants; the matcher copies parameters and asks for macros.
 */
final class WritingCode {
  private static final int MATCHER = 0;
  private static final int VECTOR = 1;
  private static final int FROM = 2;
  private static final int OUT = 3;
  private static final int N = 4;
  private static final int NEXT = 5;

  private final MethodVisitor m;
  private final Writing writing;

  WritingCode(MethodVisitor method, Writing writing) {
    m = method;
    this.writing = writing;
  }

  void write() {
    m.visitCode();
    m.visitVarInsn(Opcodes.ALOAD, MATCHER);
    m.visitFieldInsn(Opcodes.GETFIELD, RulesCompiler.MATCHER, "next", "[I");
    m.visitVarInsn(Opcodes.ASTORE, NEXT);
    RulesCompiler.push(m, 0);
    m.visitVarInsn(Opcodes.ISTORE, N);
    long bits = 0;
    int i = 0;
    while (i < writing.write.length) {
      if (i == writing.callAt) {
        beginCall();
        bits = 0; // those in front of the call are no longer of interest
      }
      int code = writing.write[i];
      if (code >= 0) {
        int end = i + 1;
        while (end < writing.write.length && writing.write[end] >= 0 && end != writing.callAt) {
          end++;
        }
        for (int k = i; k < end; k++) {
          store(OUT, k - i, writing.write[k]);
          store(NEXT, k - i, writing.folded[k]);
          bits |= writing.bits[k];
        }
        m.visitIincInsn(N, end - i);
        i = end;
      } else {
        piece(code);
        i++;
      }
    }
    if (writing.callAt == i) {
      beginCall();
      bits = 0;
    }
    if (bits != 0) {
      m.visitVarInsn(Opcodes.ALOAD, MATCHER);
      m.visitInsn(Opcodes.DUP);
      m.visitFieldInsn(Opcodes.GETFIELD, RulesCompiler.MATCHER, "bits", "J");
      m.visitLdcInsn(bits);
      m.visitInsn(Opcodes.LOR);
      m.visitFieldInsn(Opcodes.PUTFIELD, RulesCompiler.MATCHER, "bits", "J");
    }
    m.visitVarInsn(Opcodes.ILOAD, N);
    m.visitInsn(Opcodes.IRETURN);
    m.visitMaxs(0, 0);
    m.visitEnd();
  }

  private void store(int array, int plus, int value) {
    m.visitVarInsn(Opcodes.ALOAD, array);
    m.visitVarInsn(Opcodes.ILOAD, N);
    if (plus > 0) {
      RulesCompiler.push(m, plus);
      m.visitInsn(Opcodes.IADD);
    }
    RulesCompiler.push(m, value);
    m.visitInsn(Opcodes.IASTORE);
  }

  private void beginCall() {
    m.visitVarInsn(Opcodes.ALOAD, MATCHER);
    m.visitVarInsn(Opcodes.ILOAD, N);
    m.visitMethodInsn(Opcodes.INVOKEVIRTUAL, RulesCompiler.MATCHER, "beginCall", "(I)V", false);
  }

  private void piece(int code) {
    m.visitVarInsn(Opcodes.ALOAD, MATCHER);
    if (code > Rule.EXPAND) {
      RulesCompiler.push(m, Rule.COPY - code - '1');
      m.visitVarInsn(Opcodes.ALOAD, VECTOR);
      m.visitVarInsn(Opcodes.ILOAD, FROM);
      m.visitVarInsn(Opcodes.ALOAD, OUT);
      m.visitVarInsn(Opcodes.ILOAD, N);
      m.visitMethodInsn(Opcodes.INVOKEVIRTUAL, RulesCompiler.MATCHER, "copy", "(I[II[II)I", false);
      m.visitVarInsn(Opcodes.ISTORE, N);
      return;
    }
    RulesCompiler.push(m, Rule.EXPAND - code);
    m.visitVarInsn(Opcodes.ALOAD, OUT);
    m.visitVarInsn(Opcodes.ILOAD, N);
    m.visitMethodInsn(Opcodes.INVOKEVIRTUAL, RulesCompiler.MATCHER, "expand", "(I[II)I", false);
    m.visitInsn(Opcodes.DUP);
    m.visitVarInsn(Opcodes.ISTORE, N);
    Label fine = new Label();
    m.visitJumpInsn(Opcodes.IFGE, fine);
    m.visitVarInsn(Opcodes.ILOAD, N);
    m.visitInsn(Opcodes.IRETURN);
    m.visitLabel(fine);
  }
}
