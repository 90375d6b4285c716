package postern.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Machines of several threads share a program: its decision trees and bytecode grow under all of
 * them at once, and each must answer as the interpreter does alone.
 */
class ManyThreadsTest {
  private static final int THREADS = 4;
  private static final int TEXTS = 24;

  @Test
  void machinesOfOneProgram() throws Exception {
    long seed = Long.getLong("postern.seed", 11);
    RandomRules random = new RandomRules(seed);
    AtomicLong decided = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int i = 0; i < Integer.getInteger("postern.rounds", 25); i++) {
        oneProgram(random, seed + i, threads, decided);
      }
    } finally {
      threads.shutdownNow();
    }
    assertTrue(decided.get() > 1000, decided + " decided by trees");
  }

  private static void oneProgram(
      RandomRules random, long seed, ExecutorService threads, AtomicLong decided) throws Exception {
    String text = random.configuration();
    Program plain = RandomRules.compile(text);
    plain.treesAfter(Integer.MAX_VALUE);
    Program shared = RandomRules.compile(text);
    shared.treesAfter(2);
    List<String> typed = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      typed.add(random.words());
      expected.add(answer(plain, typed.get(i)));
    }
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<?>> done = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      Random order = new Random(seed * THREADS + t);
      Callable<Void> work =
          () -> {
            RuleSetEar ear = new RuleSetEar(Trace.Detail.NOTHING);
            Machine machine = new Machine(shared, RandomRules.macros(shared), ear);
            List<Integer> turns = new ArrayList<>();
            for (int k = 0; k < TEXTS * 8; k++) {
              turns.add(k % TEXTS);
            }
            Collections.shuffle(turns, order);
            start.await();
            for (int k : turns) {
              ear.heard.clear();
              machine.macros(RandomRules.macros(shared));
              String got = RandomRules.run(machine, typed.get(k)) + ear.heard;
              assertEquals(expected.get(k), got, () -> text + "\n" + typed.get(k));
            }
            decided.addAndGet(machine.decidedByTree());
            return null;
          };
      done.add(threads.submit(work));
    }
    for (Future<?> one : done) {
      one.get();
    }
  }

  private static String answer(Program program, String typed) {
    RuleSetEar ear = new RuleSetEar(Trace.Detail.NOTHING);
    Machine machine = new Machine(program, RandomRules.macros(program), ear);
    return RandomRules.run(machine, typed) + ear.heard;
  }
}
