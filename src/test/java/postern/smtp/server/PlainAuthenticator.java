package postern.smtp.server;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import postern.policy.TlsFacts;

/** SASL PLAIN for one user, {@code tim} with the password {@code tanstaaftanstaaf}. */
final class PlainAuthenticator implements Authenticator {
  @Override
  public String mechanisms(TlsFacts tls) {
    return "PLAIN";
  }

  @Override
  public Exchange begin(String mechanism, TlsFacts tls) {
    return response -> CompletableFuture.completedFuture(judge(response));
  }

  private static Step judge(byte[] response) {
    if (response.length == 0) {
      return new Step.Challenge("");
    }
    String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
    boolean known =
        parts.length == 3 && parts[1].equals("tim") && parts[2].equals("tanstaaftanstaaf");
    return known ? new Step.Success("tim", 0) : new Step.Failure(false);
  }
}
