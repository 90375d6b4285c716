package postern.gateway;

import java.util.function.Predicate;
import postern.cf.Configuration;
import postern.policy.Policy;

/** Makes the policy that a configuration stands for, when the gateway starts and at each reload. */
public interface PolicyMaker {
  /**
   * Makes a policy.
   *
   * @param localUsers says whether a user of a local mailer has a mailbox
   */
  Policy make(Configuration configuration, Predicate<String> localUsers);
}
