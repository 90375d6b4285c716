package postern.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * The works of {@link MatchingBenchmark} in CPU time of the thread that does them, which others on
 * the same machine disturb less than the clock: for {@code benchmarks/engine}, which sets it beside
 * sendmail's. Prints a line for each round behind those that warm up: the work's name, and
 * nanoseconds an evaluation. A round takes about as long as one of sendmail's.
 */
final class DecisionCost {
  private static final int WARM = 4;
  private static final int ROUNDS = 4;
  private static final int EVALUATIONS = 1_000_000;

  private static int kept; // so that no work can be left out

  private DecisionCost() {}

  public static void main(String[] args) throws Exception {
    MatchingBenchmark benchmark = new MatchingBenchmark();
    benchmark.compile();
    Map<String, IntSupplier> works = new LinkedHashMap<>();
    works.put("tlsClientChain", benchmark::tlsClientChain);
    works.put("tlsClientVaried", benchmark::tlsClientVaried);
    works.put("parse", benchmark::parse);
    works.put("parseThreeLabels", benchmark::parseThreeLabels);
    works.put("checkRcpt", benchmark::checkRcpt);
    for (String name : args.length == 0 ? works.keySet().toArray(new String[0]) : args) {
      IntSupplier work = works.get(name);
      if (work == null) {
        throw new IllegalArgumentException("no such work: " + name);
      }
      measure(name, work);
    }
    if (kept == 0) {
      throw new IllegalStateException("nothing was evaluated");
    }
  }

  private static void measure(String name, IntSupplier work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (int round = 0; round < WARM + ROUNDS; round++) {
      long begin = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < EVALUATIONS; i++) {
        kept += work.getAsInt();
      }
      double cost = (threads.getCurrentThreadCpuTime() - begin) / (double) EVALUATIONS;
      if (round >= WARM) {
        System.out.printf("%s %.1f%n", name, cost);
      }
    }
  }
}
