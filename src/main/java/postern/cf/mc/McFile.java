package postern.cf.mc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code .mc} file says: the model that the assembler reads. Immutable.
 *
 * @param name the file's name
 * @param defines the definitions in force at the end, by name, in the order of their last define
 * @param calls FEATURE, MAILER, RELAY_DOMAIN and kin in order
 * @param blocks LOCAL_CONFIG, LOCAL_RULESETS and kin in order, without those that hold no line
 * @param problems all that was found: the file's own by place, then those of included files
 */
public record McFile(
    String name,
    Map<String, McDefine> defines,
    List<McCall> calls,
    List<McBlock> blocks,
    List<McProblem> problems) {
  public McFile {
    defines = Collections.unmodifiableMap(new LinkedHashMap<>(defines));
    calls = List.copyOf(calls);
    blocks = List.copyOf(blocks);
    problems = List.copyOf(problems);
  }

  /** Whether nothing speaks against using the file. */
  public boolean usable() {
    return problems.stream().noneMatch(McProblem::error);
  }

  /** The value of {@code name}, or null if it is not defined. */
  public @Nullable String value(String name) {
    McDefine define = defines.get(name);
    return define == null ? null : define.value();
  }

  /** Whether {@code name} is defined, be it as nothing (as {@code TLS_PERM_ERR} often is). */
  public boolean defined(String name) {
    return defines.containsKey(name);
  }

  /** The calls of one word, in order. */
  public List<McCall> calls(String word) {
    return calls.stream().filter(call -> call.word().equals(word)).toList();
  }

  /** The FEATUREs, in order. */
  public List<McCall> features() {
    return calls("FEATURE");
  }

  /** The MAILERs, in order. */
  public List<McCall> mailers() {
    return calls("MAILER");
  }

  /**
   * The options that the file sets, as lines of a {@code .cf} file: {@code O CACertFile=/etc/…}. A
   * name that is defined as nothing sets no option.
   */
  public List<String> options() {
    List<String> lines = new ArrayList<>();
    for (McDefine define : defines.values()) {
      String option = McOptions.option(define.name());
      if (option != null && !define.value().isEmpty()) {
        lines.add(McOptions.line(option, define.value()));
      }
    }
    for (McCall call : calls) {
      String option = McOptions.optionOfCall(call.word());
      if (option != null && !call.argument(0).isEmpty()) {
        lines.add(McOptions.line(option, call.argument(0)));
      }
    }
    return List.copyOf(lines);
  }
}
