package postern.policy;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postern.rule.Trace;

/** Faults of rule sets go to the log; they are the administrator's to mend. */
final class FaultLog implements Trace {
  private static final Logger LOG = LoggerFactory.getLogger(CompiledPolicy.class);

  @Override
  public void fault(String message, String cause) {
    if (cause.isEmpty()) {
      LOG.warn("SYSERR: {}", CompiledPolicy.oneLine(message));
    } else {
      LOG.warn("SYSERR: {}: {}", CompiledPolicy.oneLine(message), CompiledPolicy.oneLine(cause));
    }
  }
}
