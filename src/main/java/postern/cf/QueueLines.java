package postern.cf;

import postern.source.Diagnostic.Code;

/**
 * {@code Q} lines. Queue groups have no part in this program: the lines are only checked, so that a
 * file with a fault says so.
 */
final class QueueLines {
  private final Compiler in;
  private final java.util.Set<String> groups = new java.util.HashSet<>();

  QueueLines(Compiler in) {
    this.in = in;
    groups.add("mqueue");
  }

  boolean knows(String name) {
    return groups.contains(name);
  }

  void line(String text) {
    FieldLine fields = new FieldLine(text);
    String name = fields.name();
    if (name.isEmpty()) {
      in.error(Code.BAD_QUEUE_GROUP, "name required for queue");
      return;
    }
    boolean[] broken = {false};
    boolean path = false;
    boolean forks = false;
    long runners = 0;
    String value;
    while ((value =
            fields.next(
                f -> {
                  broken[0] = true;
                  in.errorAt(
                      Code.BAD_QUEUE_GROUP, f.from(), f.to(), "queue " + name + ": `=' expected");
                }))
        != null) {
      switch (fields.code()) {
        case 'P' -> {
          if (value.isEmpty()) {
            fault(fields, "queue " + name + ": empty path name");
          } else {
            path = true;
          }
        }
        case 'F' -> forks |= value.indexOf('f') >= 0;
        case 'I' -> in.checkTime(value, Option.Kind.MINUTES);
        case 'R' -> runners = runners(name, Options.atol(value));
        case 'N', 'J', 'r' -> {
          // numbers: anything is one
        }
        default -> fault(fields, "Q" + name + ": unknown queue equate " + fields.code() + "=");
      }
    }
    if (broken[0]) {
      return;
    }
    if (!path && in.options.string("QueueDirectory").isEmpty()) {
      in.error(Code.BAD_QUEUE_GROUP, "QueueDir must be defined before queue groups");
      return;
    }
    if (runners > 1 && !forks) {
      in.notice(
          Code.QUEUE_GROUP_IGNORED,
          "Warning: Q="
              + name
              + ": R="
              + runners
              + ": multiple queue runners specified\n\tbut flag 'f' is not set");
    }
    groups.add(name);
  }

  private long runners(String name, long wanted) {
    int most = in.options.number("MaxQueueChildren", 0);
    if (most <= 0 || wanted <= most) {
      return wanted;
    }
    in.notice(
        Code.QUEUE_GROUP_IGNORED,
        "Q="
            + name
            + ": R="
            + wanted
            + " exceeds MaxQueueChildren="
            + most
            + ", set to MaxQueueChildren");
    return most;
  }

  private void fault(FieldLine fields, String message) {
    in.errorAt(Code.BAD_QUEUE_GROUP, fields.from(), fields.to(), message);
  }
}
