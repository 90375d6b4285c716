package postern.rule;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The method for one left-hand side: {@code boolean rule(Matcher, int[] words, int size)}.
 *
 * <p>The steps are cut into runs at each {@code $*} and {@code $+}. The first run is compared where
 * the workspace begins, the last one where it ends, each one between at the first place where it
 * fits: what is behind an operator never needs one in front of it to try again, see {@link
 * Matcher}. What was matched is written down once all has been found.
 */
final class RuleCode {
  private static final int MATCHER = 0;
  private static final int WORDS = 1;
  private static final int SIZE = 2;

  private final MethodVisitor m;
  private final Rule rule;
  private final Label fail = new Label();
  private int variables = 3;

  // A place in the workspace: a variable (or -1 for the beginning) and a distance from it.
  private int base = -1;
  private int distance;

  // For each operator that a right-hand side may name: where it begins and ends, as such places.
  private final int[][] bound;
  private int count;

  RuleCode(MethodVisitor method, Rule rule) {
    m = method;
    this.rule = rule;
    bound = new int[rule.op.length][];
  }

  void write() {
    m.visitCode();
    int step = run(0, fail);
    boolean anchored = false; // whether it is known that the last run ends the workspace
    while (step < rule.op.length) {
      int from = rule.op[step] == Rule.ANY1 ? 1 : 0;
      int[] begin = {base, distance};
      int start = variables++;
      int rest = rule.rest[step];
      if (rest >= 0) {
        m.visitVarInsn(Opcodes.ILOAD, SIZE);
        RulesCompiler.push(m, rest);
        m.visitInsn(Opcodes.ISUB);
        m.visitInsn(Opcodes.DUP);
        m.visitVarInsn(Opcodes.ISTORE, start);
        load(begin[0], begin[1] + from);
        m.visitJumpInsn(Opcodes.IF_ICMPLT, fail);
        settle(begin, start);
        step = run(step + 1, fail);
        anchored = true;
      } else {
        step = search(step, begin, from, start);
        anchored = step == rule.op.length;
      }
    }
    if (!anchored) {
      unlessAtEnd(fail);
    }
    for (int i = 0; i < count; i++) {
      bind("first", i, bound[i][0], bound[i][1]);
      bind("last", i, bound[i][2], bound[i][3]);
    }
    m.visitVarInsn(Opcodes.ALOAD, MATCHER);
    RulesCompiler.push(m, count);
    m.visitFieldInsn(Opcodes.PUTFIELD, RulesCompiler.MATCHER, "bound", "I");
    m.visitInsn(Opcodes.ICONST_1);
    m.visitInsn(Opcodes.IRETURN);
    m.visitLabel(fail);
    m.visitInsn(Opcodes.ICONST_0);
    m.visitInsn(Opcodes.IRETURN);
    m.visitMaxs(0, 0);
    m.visitEnd();
  }

  /** The growing operator at {@code step} and the run behind it, at the first place that fits. */
  private int search(int step, int[] begin, int from, int start) {
    Label again = new Label();
    Label next = new Label();
    Label found = new Label();
    load(begin[0], begin[1] + from);
    m.visitVarInsn(Opcodes.ISTORE, start);
    m.visitLabel(again);
    m.visitVarInsn(Opcodes.ILOAD, start);
    int least = leastOfRun(step + 1);
    if (least > 0) {
      RulesCompiler.push(m, least);
      m.visitInsn(Opcodes.IADD);
    }
    m.visitVarInsn(Opcodes.ILOAD, SIZE);
    m.visitJumpInsn(Opcodes.IF_ICMPGT, fail);
    settle(begin, start);
    int end = run(step + 1, next);
    if (end == rule.op.length) {
      unlessAtEnd(next);
    }
    m.visitJumpInsn(Opcodes.GOTO, found);
    m.visitLabel(next);
    m.visitIincInsn(start, 1);
    m.visitJumpInsn(Opcodes.GOTO, again);
    m.visitLabel(found);
    return end;
  }

  /** The growing operator began at {@code begin} and ends where the variable says. */
  private void settle(int[] begin, int variable) {
    base = variable;
    distance = 0;
    bound[count++] = new int[] {begin[0], begin[1], base, 0};
  }

  /** Tokens that the run from {@code step} on takes for sure before any macro. */
  private int leastOfRun(int step) {
    int n = 0;
    for (int i = step; i < rule.op.length && !grows(rule.op[i]); i++) {
      if (rule.op[i] == Rule.MACRO) {
        break;
      }
      n += rule.op[i] == Rule.ZERO ? 0 : 1;
    }
    return n;
  }

  private static boolean grows(byte op) {
    return op == Rule.ANY0 || op == Rule.ANY1;
  }

  /**
   * The steps from {@code step} to the next growing operator, at the present place.
   *
   * @param other where to go if they do not fit
   * @return the step behind them
   */
  private int run(int step, Label other) {
    int i = step;
    boolean sure = true; // the caller has seen that there are words enough
    for (; i < rule.op.length && !grows(rule.op[i]); i++) {
      byte op = rule.op[i];
      if (op == Rule.ZERO) {
        continue;
      }
      sure &= op != Rule.MACRO;
      if (!sure) {
        load(base, distance);
        m.visitVarInsn(Opcodes.ILOAD, SIZE);
        m.visitJumpInsn(Opcodes.IF_ICMPGE, other);
      }
      switch (op) {
        case Rule.LITERAL -> {
          word();
          RulesCompiler.push(m, rule.operand[i]);
          m.visitJumpInsn(Opcodes.IF_ICMPNE, other);
        }
        case Rule.CLASS -> member(i, Opcodes.IFEQ, other);
        case Rule.NOT_CLASS -> member(i, Opcodes.IFNE, other);
        default -> {}
      }
      if (op == Rule.MACRO) {
        macro(i, other);
        continue;
      }
      if (op != Rule.LITERAL) {
        bound[count++] = new int[] {base, distance, base, distance + 1};
      }
      distance++;
    }
    return i;
  }

  private void member(int step, int jump, Label other) {
    m.visitVarInsn(Opcodes.ALOAD, MATCHER);
    RulesCompiler.push(m, rule.operand[step]);
    word();
    m.visitMethodInsn(Opcodes.INVOKEVIRTUAL, RulesCompiler.MATCHER, "isMember", "(II)Z", false);
    m.visitJumpInsn(jump, other);
  }

  private void macro(int step, Label other) {
    m.visitVarInsn(Opcodes.ALOAD, MATCHER);
    RulesCompiler.push(m, rule.operand[step]);
    load(base, distance);
    m.visitMethodInsn(Opcodes.INVOKEVIRTUAL, RulesCompiler.MATCHER, "macro", "(II)I", false);
    base = variables++;
    distance = 0;
    m.visitInsn(Opcodes.DUP);
    m.visitVarInsn(Opcodes.ISTORE, base);
    m.visitJumpInsn(Opcodes.IFLT, other);
  }

  /** The word at the present place. */
  private void word() {
    m.visitVarInsn(Opcodes.ALOAD, WORDS);
    load(base, distance);
    m.visitInsn(Opcodes.IALOAD);
  }

  private void load(int variable, int plus) {
    if (variable < 0) {
      RulesCompiler.push(m, plus);
      return;
    }
    m.visitVarInsn(Opcodes.ILOAD, variable);
    if (plus != 0) {
      RulesCompiler.push(m, plus);
      m.visitInsn(Opcodes.IADD);
    }
  }

  private void unlessAtEnd(Label other) {
    load(base, distance);
    m.visitVarInsn(Opcodes.ILOAD, SIZE);
    m.visitJumpInsn(Opcodes.IF_ICMPNE, other);
  }

  private void bind(String array, int index, int variable, int plus) {
    m.visitVarInsn(Opcodes.ALOAD, MATCHER);
    m.visitFieldInsn(Opcodes.GETFIELD, RulesCompiler.MATCHER, array, "[I");
    RulesCompiler.push(m, index);
    load(variable, plus);
    m.visitInsn(Opcodes.IASTORE);
  }
}
