package postern.map;

import java.util.concurrent.ThreadLocalRandom;
import postern.text.Bytes;

/** Class {@code arith}: the key is an operator, the two arguments are C numbers of 64 bits. */
final class ArithMap implements LookupMap {
  private static final int MAX_RESULT = 15;

  @Override
  public void lookup(Query query, Answer answer) {
    Bytes key = query.key();
    if (query.arguments() < 2 || key.isEmpty()) {
      answer.missing(Answer.CONFIGURATION);
      return;
    }
    long a = Numbers.number(query.argument(1));
    long b = Numbers.number(query.argument(2));
    switch (key.at(0)) {
      case '|' -> write(a | b, answer);
      case '&' -> write(a & b, answer);
      case '+' -> write(a + b, answer);
      case '-' -> write(a - b, answer);
      case '*' -> write(a * b, answer);
      case '/' -> {
        if (b == 0) {
          answer.missing(Answer.OK);
        } else {
          write(a / b, answer);
        }
      }
      case '%' -> {
        if (b == 0) {
          answer.missing(Answer.OK);
        } else {
          write(a % b, answer);
        }
      }
      case 'l' -> answer.found().append(a < b ? Numbers.TRUE : Numbers.FALSE);
      case '=' -> answer.found().append(a == b ? Numbers.TRUE : Numbers.FALSE);
      case 'r' -> {
        if (b < a) {
          answer.missing(Answer.OK);
        } else {
          write(
              b == a ? a : ThreadLocalRandom.current().nextLong(a, b == Long.MAX_VALUE ? b : b + 1),
              answer);
        }
      }
      default -> answer.missing(Answer.CONFIGURATION);
    }
  }

  private static void write(long value, Answer answer) {
    Bytes out = answer.found();
    if (value >= 0 && value < 1_000_000_000) {
      long scale = 1;
      while (scale <= value / 10) {
        scale *= 10;
      }
      for (; scale > 0; scale /= 10) {
        out.append((int) ('0' + value / scale % 10));
      }
    } else {
      out.append(Long.toString(value));
      out.truncate(MAX_RESULT);
    }
  }
}
