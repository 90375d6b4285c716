package postern.rule;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Writes the class that finds the first matching rule of a rule set: one method for each rule
 * ({@link RuleCode}) and one that tries them in order, with what a {@link Plan} knows as constants.
 * A hidden class: it goes when its plan goes.
 */
final class RulesCompiler {
  /** How often a rule set is entered before it is worth compiling. */
  static final int AFTER = Integer.getInteger("postern.compileAfter", 300);

  // A method of more than 8,000 bytes stays interpreted by the Java VM.
  private static final int MOST_BYTES = 7_500;
  private static final int BYTES_EACH = 60;

  static final String MATCHER = Type.getInternalName(Matcher.class);
  private static final String BASE = Type.getInternalName(CompiledRules.class);
  private static final String NAME = BASE + "Of";
  private static final String WRITE = "(L" + MATCHER + ";[II[I)I";
  private static final String TRY = "(L" + MATCHER + ";[II)Z";

  private static final int WORDS = 2;
  private static final int SIZE = 3;
  private static final int BITS = 4;
  private static final int INDEX = 6;
  private static final int HEAD = 7;
  private static final int TAIL = 8;

  private final Plan plan;
  private final ClassWriter writer =
      new ClassWriter(ClassWriter.COMPUTE_FRAMES | ClassWriter.COMPUTE_MAXS);

  private RulesCompiler(Plan plan) {
    this.plan = plan;
  }

  /** Compiles the rules of {@code plan}; null if that is not possible. */
  static @Nullable CompiledRules compile(Plan plan, Program program) {
    if (plan.rules.length == 0 || plan.rules.length * BYTES_EACH > MOST_BYTES) {
      return null;
    }
    byte[] code = new RulesCompiler(plan).write(program);
    try {
      Class<?> made = MethodHandles.lookup().defineHiddenClass(code, true).lookupClass();
      return (CompiledRules) made.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      return null; // the interpreter does the same
    }
  }

  private byte[] write(Program program) {
    writer.visit(Opcodes.V17, Opcodes.ACC_FINAL | Opcodes.ACC_SUPER, NAME, null, BASE, null);
    MethodVisitor made = writer.visitMethod(0, "<init>", "()V", null, null);
    made.visitCode();
    made.visitVarInsn(Opcodes.ALOAD, 0);
    made.visitMethodInsn(Opcodes.INVOKESPECIAL, BASE, "<init>", "()V", false);
    made.visitInsn(Opcodes.RETURN);
    made.visitMaxs(0, 0);
    made.visitEnd();
    for (int i = 0; i < plan.rules.length; i++) {
      Rule rule = plan.rules[i];
      if (isCompiled(rule, program)) {
        MethodVisitor method =
            writer.visitMethod(
                Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC, "rule" + i, TRY, null, null);
        new RuleCode(method, rule).write();
      }
    }
    writeFind(program);
    writeWrite();
    writer.visitEnd();
    return writer.toByteArray();
  }

  /** Rules whose {@code $=x} may match several tokens are left to the interpreter. */
  private static boolean isCompiled(Rule rule, Program program) {
    return rule.isClassless()
        || (program.blankSubstitute() != 0
            && rule.matchesWordsOnly(program.classes(), program.splitting()));
  }

  private void writeFind(Program program) {
    MethodVisitor m = writer.visitMethod(0, "find", "(L" + MATCHER + ";[IIJI)I", null, null);
    m.visitCode();
    word(m, HEAD, false);
    word(m, TAIL, true);
    int n = plan.rules.length;
    Label[] rules = new Label[n + 1];
    for (int i = 0; i <= n; i++) {
      rules[i] = new Label();
    }
    m.visitVarInsn(Opcodes.ILOAD, INDEX);
    m.visitTableSwitchInsn(0, n - 1, rules[n], java.util.Arrays.copyOf(rules, n));
    for (int i = 0; i < n; i++) {
      m.visitLabel(rules[i]);
      writeTry(m, i, rules[i + 1], isCompiled(plan.rules[i], program));
      push(m, i);
      m.visitInsn(Opcodes.IRETURN);
    }
    m.visitLabel(rules[n]);
    push(m, n);
    m.visitInsn(Opcodes.IRETURN);
    m.visitMaxs(0, 0);
    m.visitEnd();
  }

  private void writeWrite() {
    int n = plan.rules.length;
    for (int i = 0; i < n; i++) {
      if (plan.writings[i] != null) {
        MethodVisitor method =
            writer.visitMethod(
                Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC, "write" + i, WRITE, null, null);
        new WritingCode(method, plan.writings[i]).write();
      }
    }
    MethodVisitor m = writer.visitMethod(0, "write", "(L" + MATCHER + ";I[II[I)I", null, null);
    m.visitCode();
    Label other = new Label();
    Label[] rules = new Label[n];
    for (int i = 0; i < n; i++) {
      rules[i] = plan.writings[i] == null ? other : new Label();
    }
    m.visitVarInsn(Opcodes.ILOAD, 2);
    m.visitTableSwitchInsn(0, n - 1, other, rules);
    for (int i = 0; i < n; i++) {
      if (rules[i] == other) {
        continue;
      }
      m.visitLabel(rules[i]);
      m.visitVarInsn(Opcodes.ALOAD, 1);
      m.visitVarInsn(Opcodes.ALOAD, 3);
      m.visitVarInsn(Opcodes.ILOAD, 4);
      m.visitVarInsn(Opcodes.ALOAD, 5);
      m.visitMethodInsn(Opcodes.INVOKESTATIC, NAME, "write" + i, WRITE, false);
      m.visitInsn(Opcodes.IRETURN);
    }
    m.visitLabel(other);
    push(m, 0);
    m.visitInsn(Opcodes.IRETURN);
    m.visitMaxs(0, 0);
    m.visitEnd();
  }

  /** The first or last word of the workspace, or none. */
  private static void word(MethodVisitor m, int variable, boolean last) {
    Label none = new Label();
    Label done = new Label();
    m.visitVarInsn(Opcodes.ILOAD, SIZE);
    m.visitJumpInsn(Opcodes.IFEQ, none);
    m.visitVarInsn(Opcodes.ALOAD, WORDS);
    if (last) {
      m.visitVarInsn(Opcodes.ILOAD, SIZE);
      m.visitInsn(Opcodes.ICONST_1);
      m.visitInsn(Opcodes.ISUB);
    } else {
      m.visitInsn(Opcodes.ICONST_0);
    }
    m.visitInsn(Opcodes.IALOAD);
    m.visitJumpInsn(Opcodes.GOTO, done);
    m.visitLabel(none);
    m.visitInsn(Opcodes.ICONST_M1);
    m.visitLabel(done);
    m.visitVarInsn(Opcodes.ISTORE, variable);
  }

  private void writeTry(MethodVisitor m, int i, Label next, boolean compiled) {
    long needs = plan.needs[i];
    if (needs != 0) {
      m.visitVarInsn(Opcodes.LLOAD, BITS);
      m.visitLdcInsn(needs);
      m.visitInsn(Opcodes.LAND);
      m.visitLdcInsn(needs);
      m.visitInsn(Opcodes.LCMP);
      m.visitJumpInsn(Opcodes.IFNE, next);
    }
    unless(
        m, SIZE, plan.least[i], plan.spare[i] == 0 ? Opcodes.IF_ICMPNE : Opcodes.IF_ICMPLT, next);
    if (plan.first[i] >= 0) {
      unless(m, HEAD, plan.first[i], Opcodes.IF_ICMPNE, next);
    }
    if (plan.last[i] >= 0) {
      unless(m, TAIL, plan.last[i], Opcodes.IF_ICMPNE, next);
    }
    m.visitVarInsn(Opcodes.ALOAD, 1);
    if (compiled) {
      m.visitVarInsn(Opcodes.ALOAD, WORDS);
      m.visitVarInsn(Opcodes.ILOAD, SIZE);
      m.visitMethodInsn(Opcodes.INVOKESTATIC, NAME, "rule" + i, TRY, false);
    } else {
      push(m, i);
      m.visitMethodInsn(Opcodes.INVOKEVIRTUAL, MATCHER, "matchRule", "(I)Z", false);
    }
    m.visitJumpInsn(Opcodes.IFEQ, next);
  }

  private static void unless(MethodVisitor m, int variable, int value, int jump, Label next) {
    m.visitVarInsn(Opcodes.ILOAD, variable);
    push(m, value);
    m.visitJumpInsn(jump, next);
  }

  /** Puts a number on the stack. */
  static void push(MethodVisitor m, int value) {
    if (value >= Byte.MIN_VALUE && value <= Byte.MAX_VALUE) {
      m.visitIntInsn(Opcodes.BIPUSH, value);
    } else if (value >= Short.MIN_VALUE && value <= Short.MAX_VALUE) {
      m.visitIntInsn(Opcodes.SIPUSH, value);
    } else {
      m.visitLdcInsn(value);
    }
  }
}
