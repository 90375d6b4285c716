package postern.smtp.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.policy.SessionPolicy;
import postern.policy.Verdict;

/**
 * What the rule sets say to a whole message. All of them are asked, whatever the ones before said:
 * those of its header fields, {@code check_eoh}, {@code check_eom}. The last that refuses has the
 * say, but one that would let the client try again does not soften an earlier one that would not.
 *
 * @param verdict a rejection, or the last that was not plain acceptance
 * @param ruleSet whose it is
 * @param all whatever was not plain acceptance, in order
 * @param header fields to put in front, empty if the message is refused
 */
record Judgement(Verdict verdict, String ruleSet, List<Verdict> all, String header) {

  /**
   * Asks.
   *
   * @param lineEnds how many line ends the message has: rule sets count each as one octet
   */
  static Judgement of(
      SessionPolicy policy, MessageReceiver message, long lineEnds, Transaction open) {
    Collector said = new Collector();
    for (HeaderReader.Field field : message.fields()) {
      said.take("check_header", policy.header(field.name(), field.raw()));
    }
    said.take("check_eoh", policy.endOfHeader(message.fields().size(), message.headerSize()));
    said.take("check_eom", policy.endOfMessage(message.size() - lineEnds));
    Verdict.Reject refusal = said.refusal;
    if (refusal != null) {
      return new Judgement(refusal, said.refusing, said.all, "");
    }
    String header = policy.headers(open.onlyRecipient(), message.fieldNames());
    Verdict last = said.all.isEmpty() ? Verdict.accept() : said.all.get(said.all.size() - 1);
    return new Judgement(last, "check_eom", said.all, header);
  }

  private static final class Collector {
    private final List<Verdict> all = new ArrayList<>(2);
    private Verdict.@Nullable Reject refusal;
    private String refusing = "";

    void take(String ruleSet, Verdict verdict) {
      if (!(verdict instanceof Verdict.Accept)) {
        all.add(verdict);
      }
      if (verdict instanceof Verdict.Reject now && (refusal == null || !softens(now, refusal))) {
        refusal = now;
        refusing = ruleSet;
      }
    }

    private static boolean softens(Verdict.Reject now, Verdict.Reject before) {
      return now.temporary() && before.code() / 100 == 5;
    }
  }
}
