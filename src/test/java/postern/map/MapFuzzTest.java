package postern.map;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.re2j.Pattern;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postern.KeptInputs;

/**
 * Any octets as the text of a map, as a pattern with its subject, as a socketmap server's reply.
 */
class MapFuzzTest {
  private static Path folder;

  @BeforeAll
  static void folder() throws IOException {
    folder = Files.createTempDirectory("postern-fuzz");
  }

  @AfterAll
  static void gone() throws IOException {
    for (String name : List.of("access", "socket")) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.deleteIfExists(folder);
  }

  @FuzzTest(maxDuration = "10m")
  void text(byte[] data) throws IOException {
    Path file = folder.resolve("access");
    Files.write(file, data);
    for (String kind : List.of("text -k0 -v1", "text -z: -k1 -v0", "hash")) {
      Asked asked = new Asked(true, List.of()).declare("m " + kind + " " + file);
      assertTrue(!asked.ask("m", "key").isEmpty() || data.length > 0);
      asked.table().check();
    }
    DatabaseText.faults("access", data, true);
  }

  /** The pattern, a zero octet, the subject. */
  @FuzzTest(maxDuration = "10m")
  void regex(byte[] data) {
    String both = new String(data, StandardCharsets.ISO_8859_1);
    int zero = both.indexOf('\0');
    String pattern = zero < 0 ? both : both.substring(0, zero);
    String subject = zero < 0 ? "" : both.substring(zero + 1);
    if (pattern.length() > 200) {
      return; // a K line has room for about that
    }
    for (int kind = 0; kind < 4; kind++) {
      try {
        Pattern compiled = PosixPattern.compile(pattern, (kind & 1) != 0, (kind & 2) != 0);
        boolean unused = compiled.matcher(subject).find();
      } catch (PosixPattern.SyntaxException e) {
        assertTrue(e.getMessage() != null);
      }
    }
  }

  @FuzzTest(maxDuration = "10m")
  void socketReply(byte[] data) throws Exception {
    Path path = folder.resolve("socket");
    Files.deleteIfExists(path);
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      SocketTalk talk = SocketTalk.connect(address, Duration.ofSeconds(5));
      try (SocketChannel other = server.accept()) {
        other.write(ByteBuffer.wrap(data, 0, Math.min(data.length, 8000)));
        other.shutdownOutput();
        byte[] reply = talk.ask(new byte[] {'m', ' ', 'k'});
        assertTrue(reply == null || reply.length <= data.length);
      } catch (IOException e) {
        assertTrue(e.getMessage() != null);
      } finally {
        talk.close();
      }
    }
  }

  @Test
  void keptInputs() throws IOException {
    assertTrue(KeptInputs.play("text", this::text) > 500);
    assertTrue(KeptInputs.play("regex", this::regex) > 700);
    assertTrue(KeptInputs.play("socketReply", this::socketReply) > 30);
  }
}
