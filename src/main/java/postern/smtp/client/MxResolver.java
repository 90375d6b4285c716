package postern.smtp.client;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What the client asks name service. Not being able to tell is an answer, not an exception. */
public interface MxResolver {

  /** The MX records of a domain. */
  CompletionStage<Answer<Mx>> mx(String domain);

  /** The addresses of a host, in the order in which they are to be tried. */
  CompletionStage<Answer<InetAddress>> addresses(String host);

  /**
   * An MX record.
   *
   * @param host without the final dot; empty for the null MX (RFC 7505)
   */
  record Mx(int preference, String host) {}

  /** What name service said. */
  sealed interface Answer<T> {
    /** There are records. */
    record Found<T>(List<T> records) implements Answer<T> {
      public Found {
        records = List.copyOf(records);
      }
    }

    /** The name exists, without records of this type. */
    record Empty<T>() implements Answer<T> {}

    /** There is no such name. */
    record NoName<T>() implements Answer<T> {}

    /** It could not tell now. */
    record Unknown<T>(String reason) implements Answer<T> {}
  }
}
