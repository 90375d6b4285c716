package postern.smtp.server;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** SASL PLAIN for one user, {@code tim} with the password {@code tanstaaftanstaaf}. */
final class PlainAuthenticator implements Authenticator {
  @Override
  public String mechanisms(Client client) {
    return "PLAIN";
  }

  @Override
  public Exchange begin(String mechanism, Client client) {
    return response -> CompletableFuture.completedFuture(judge(response));
  }

  private static Step judge(byte @Nullable [] response) {
    if (response == null) {
      return new Step.Challenge("");
    }
    String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
    boolean known =
        parts.length == 3 && parts[1].equals("tim") && parts[2].equals("tanstaaftanstaaf");
    return known ? new Step.Success("tim", 0) : new Step.Failure(false, "wrong");
  }
}
