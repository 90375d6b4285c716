package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import postern.policy.ServerFeatures.LineEnd;

/**
 * Odd line ends in content, against what sendmail made of the same octets under every combination
 * of {@code srv_features} G, U and O. The table was recorded from the real program; {@code
 * -Dline.ends=FILE} takes another one.
 */
class LineEndOracleTest {
  private static final Map<String, LineEnd> VARIANTS =
      Map.of(
          "g", LineEnd.REFUSE,
          "u", LineEnd.REFUSE,
          "g2", LineEnd.REPLACE,
          "u2", LineEnd.REPLACE,
          "G", LineEnd.ACCEPT,
          "U", LineEnd.ACCEPT);

  @Test
  void agreesWithSendmail() throws IOException {
    String file = System.getProperty("line.ends", "src/test/resources/content/line-ends.tsv");
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (String row : Files.readAllLines(Path.of(file))) {
      if (row.startsWith("#")) {
        continue;
      }
      String[] columns = row.split("\t", -1);
      String actual = decode(columns[0].split(" "), columns[1]);
      compared++;
      if (!row.equals(columns[0] + "\t" + columns[1] + "\t" + actual)) {
        differences.add(row + "   but got   " + actual);
      }
    }
    assertEquals(List.of(), differences);
    assertEquals(true, compared > 2000, compared + " rows");
  }

  private static String decode(String[] features, String input) {
    ContentDecoder decoder =
        new ContentDecoder(
            VARIANTS.getOrDefault(features[0], LineEnd.REFUSE),
            VARIANTS.getOrDefault(features[1], LineEnd.REFUSE),
            features[2].equals("o"),
            true);
    String header = "S: x\r\n\r\n";
    String wire = header + ContentDecoderTest.plain(input) + "\r\n.\r\n";
    byte[] data = wire.getBytes(StandardCharsets.ISO_8859_1);
    StringBuilder content = new StringBuilder();
    int used =
        decoder.decode(
            data,
            0,
            data.length,
            (bytes, from, to) ->
                content.append(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)));
    return switch (decoder.event()) {
      case BARE_LF -> "LF";
      case BARE_CR -> "CR";
      case MORE -> "MORE";
      case END -> {
        String body = content.substring(header.length()).replace("\r\n", "\n");
        String row = "END\t" + ContentDecoderTest.shown(body);
        yield used < data.length ? row + "\tearly" : row.stripTrailing();
      }
    };
  }
}
