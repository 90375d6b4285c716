package postern.map.dns;

import java.time.Duration;
import java.util.List;
import org.xbill.DNS.Record;

/** Asks for records of the domain name system. Waits for the answer; safe for many threads. */
public interface NameService {
  /** What became of a question. */
  enum Outcome {
    /** There are records. */
    FOUND,
    /** There is no such name. */
    NO_NAME,
    /** The name has no records of this type. */
    NO_DATA,
    /** The servers could not tell in time. */
    UNKNOWN
  }

  /**
   * An answer.
   *
   * @param records what was found, in the order of the answer; those of an alias's target if the
   *     name is an alias
   */
  record Reply(Outcome outcome, List<Record> records) {
    public Reply {
      records = List.copyOf(records);
    }

    static Reply without(Outcome outcome) {
      return new Reply(outcome, List.of());
    }
  }

  /**
   * How long to wait.
   *
   * @param each for one try
   * @param tries at least one
   */
  record Patience(Duration each, int tries) {
    /** At most this long altogether. */
    Duration whole() {
      return each.multipliedBy(tries).plusSeconds(1);
    }
  }

  /**
   * Asks for the records {@code type} (a number of RFC 1035 and its successors) of a name.
   *
   * @param name fully qualified, with or without the final dot
   */
  Reply ask(String name, int type, Patience patience);
}
