package postern.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import postern.text.Classes;
import postern.text.Symbols;

/**
 * {@link Matcher#match} for workspaces of which only the {@link Shape} is known. Asks what it needs
 * to know about words; see there for what it does.
 */
final class TreeMatcher {
  private static final int NO = -1;
  private static final int UNKNOWN = -2;
  private static final int MOST_STEPS = 10_000;

  private final Program program;
  private final Classes classes;
  private final Symbols symbols;
  private final DecisionTree tree;

  private TreeState state;
  private int[] tokens = {};
  private int[] words = {};
  private int steps;

  private TreeState.@Nullable Question question;
  private int askedId;
  private int[] asked = {};

  private boolean stopped;
  final int[] first = new int[DecisionTree.MOST_TOKENS + 2];
  final int[] last = new int[DecisionTree.MOST_TOKENS + 2];
  private final int[] place = new int[DecisionTree.MOST_TOKENS + 2];
  int bound;

  TreeMatcher(DecisionTree tree, Program program, TreeState state) {
    this.tree = tree;
    this.program = program;
    this.state = state;
    classes = program.classes();
    symbols = program.symbols();
  }

  /** The workspace to match. */
  void load(TreeState now) {
    state = now;
    tokens = now.frame().tokens();
    words = new int[tokens.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = tokens[i] >= 0 ? symbols.fold(tokens[i]) : now.variables()[~tokens[i]];
    }
  }

  /** Whether the last {@link #find} met something that only the interpreter can do. */
  boolean isStopped() {
    return stopped;
  }

  /** The node that the last {@link #find} needs to go on, null if it came to an end. */
  TreeNode.@Nullable Test test() {
    if (question == null) {
      return null;
    }
    ClassBeginnings beginnings =
        question == TreeState.Question.PHRASE ? tree.beginnings(askedId) : null;
    return new TreeNode.Test(state, question, askedId, asked, beginnings);
  }

  /** The first rule from {@code index} on that matches; their number if none does. */
  int find(Rule[] rules, int index) {
    question = null;
    stopped = false;
    for (int i = index; i < rules.length; i++) {
      if (mayMatch(rules[i]) && match(rules[i])) {
        return i;
      }
      if (question != null || stopped) {
        return i;
      }
    }
    return rules.length;
  }

  private boolean mayMatch(Rule rule) {
    int over = words.length - rule.minTokens;
    if (over < 0 || (rule.fixedLength && over > 0)) {
      return false;
    }
    for (int k = 0; k < rule.op.length; k++) {
      if (rule.op[k] == Rule.LITERAL) {
        int word = rule.operand[k];
        boolean there = false;
        for (int i = 0; i < words.length && !there; i++) {
          there = words[i] == word;
        }
        stopped |= tree.word(word) != word;
        if (!there) {
          return false;
        }
      }
    }
    for (byte op : rule.op) {
      stopped |= op == Rule.MACRO;
    }
    return !stopped;
  }

  private boolean match(Rule rule) {
    byte[] op = rule.op;
    int[] operand = rule.operand;
    int n = op.length;
    int end = words.length;
    boolean wordsOnly = rule.isClassless() || rule.matchesWordsOnly(classes, program.splitting());
    int at = 0;
    int step = 0;
    int b = 0;
    while (true) {
      if (++steps > MOST_STEPS) {
        stopped = true;
        return false;
      }
      if (step == n) {
        if (at == end) {
          bound = b;
          return true;
        }
      } else {
        int kind = op[step];
        if (kind == Rule.LITERAL) {
          if (at < end && words[at] == operand[step]) {
            at++;
            step++;
            continue;
          }
        } else if (kind == Rule.ANY0 || kind == Rule.ANY1) {
          int stop = stop(rule, step, kind == Rule.ANY1 ? at + 1 : at, wordsOnly);
          if (stop >= 0) {
            place[b] = step++;
            first[b] = at;
            last[b++] = stop;
            at = stop;
            continue;
          }
          if (wordsOnly) {
            return false;
          }
        } else if (kind == Rule.ZERO) {
          step++;
          continue;
        } else if (at < end) {
          int stop = once(kind, operand[step], at, wordsOnly);
          if (stop == UNKNOWN) {
            return false;
          }
          if (stop >= 0) {
            place[b] = step++;
            first[b] = at;
            last[b++] = stop;
            at = stop;
            continue;
          }
        }
      }
      int stop = NO;
      while (stop < 0) {
        if (--b < 0) {
          return false;
        }
        step = place[b];
        int kind = op[step];
        if (kind == Rule.ANY0 || kind == Rule.ANY1) {
          stop = stop(rule, step, last[b] + 1, wordsOnly);
          if (stop < 0 && wordsOnly) {
            return false;
          }
        } else if (kind == Rule.CLASS && !wordsOnly && last[b] < end) {
          stop = phrase(operand[step], first[b], last[b] + 1);
          if (stop == UNKNOWN) {
            return false;
          }
        }
      }
      last[b++] = stop;
      at = stop;
      step++;
    }
  }

  private int stop(Rule rule, int step, int from, boolean wordsOnly) {
    int end = words.length;
    int rest = rule.rest[step];
    if (rest == 0 || (rest > 0 && wordsOnly)) {
      int stop = end - rest;
      return stop >= from ? stop : NO;
    }
    if (step + 1 < rule.op.length && rule.op[step + 1] == Rule.LITERAL) {
      int word = rule.operand[step + 1];
      for (int i = from; i < end; i++) {
        if (words[i] == word) {
          return i;
        }
      }
      return NO;
    }
    return from <= end ? from : NO;
  }

  private int once(int kind, int id, int at, boolean wordsOnly) {
    if (kind == Rule.ONE) {
      return at + 1;
    }
    if (kind == Rule.CLASS && !wordsOnly) {
      return phrase(id, at, at + 1);
    }
    int member = isMember(id, at);
    if (member == UNKNOWN) {
      return UNKNOWN;
    }
    return (member == 1) == (kind == Rule.CLASS) ? at + 1 : NO;
  }

  private int isMember(int id, int at) {
    if (words[at] != Shape.OTHER) {
      return classes.contains(id, words[at]) ? 1 : 0;
    }
    if (classes.longest(id) < 0) {
      return 0;
    }
    int[] about = {tokens[at]};
    int phrase = state.answer(TreeState.Question.PHRASE, id, about, UNKNOWN);
    if (phrase != UNKNOWN) {
      return phrase == ClassBeginnings.MEMBER ? 1 : 0;
    }
    return ask(TreeState.Question.MEMBER, id, about);
  }

  private int ask(TreeState.Question what, int id, int[] about) {
    int known = state.answer(what, id, about, UNKNOWN);
    if (known == UNKNOWN) {
      question = what;
      askedId = id;
      asked = about;
    }
    return known;
  }

  /** See {@link Matcher}. */
  private int phrase(int id, int from, int to) {
    if (classes.longest(id) < 0) {
      return NO;
    }
    for (int stop = from + 1; stop <= tokens.length; stop++) {
      int[] about = Arrays.copyOfRange(tokens, from, stop);
      int known = ask(TreeState.Question.PHRASE, id, about);
      if (known == UNKNOWN && isKnown(from, stop)) {
        question = null;
        known = tree.beginnings(id).find(symbols, program, words, from, stop - from);
        state = state.with(TreeState.Question.PHRASE, id, about, known);
      }
      if (known == UNKNOWN) {
        return UNKNOWN;
      }
      if (known == ClassBeginnings.NOTHING) {
        return NO;
      }
      if (known == ClassBeginnings.MEMBER && stop >= to) {
        return stop;
      }
    }
    return NO;
  }

  private boolean isKnown(int from, int to) {
    for (int i = from; i < to; i++) {
      if (words[i] == Shape.OTHER) {
        return false;
      }
    }
    return true;
  }
}
