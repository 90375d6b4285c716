package postern.cli;

import java.util.function.Consumer;
import postern.map.Query;

/** What sendmail's debug flags show of how maps make their answers (39) and find hosts (9). */
final class AnswerLines implements Query.Witness {
  private final Consumer<CharSequence> out;
  private final DebugFlags debug;

  AnswerLines(Consumer<CharSequence> out, DebugFlags debug) {
    this.out = out;
    this.debug = debug;
  }

  @Override
  public void making(String value, Query query, boolean bare) {
    if (!debug.on(39, 1)) {
      return;
    }
    StringBuilder line = new StringBuilder("map_rewrite(").append(value).append("), av =");
    if (bare) {
      line.append(" (nullv)");
    } else {
      line.append("\n\t").append(query.key());
      for (int i = 1; i <= query.arguments(); i++) {
        line.append("\n\t").append(query.argument(i));
      }
    }
    out.accept(line.append('\n'));
  }

  @Override
  public void made(String answer) {
    if (debug.on(39, 1)) {
      out.accept("map_rewrite => " + answer + "\n");
    }
  }

  @Override
  public void lookingForHost(String name) {
    if (debug.on(9, 1)) {
      out.accept("host_map_lookup(" + name + ") => ");
    }
  }

  @Override
  public void sawHost(String outcome) {
    if (debug.on(9, 1)) {
      out.accept(outcome + "\n");
    }
  }
}
