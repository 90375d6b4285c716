package postern.offline.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One entry of {@code journalctl -o json}: an object on a line, whose values are texts, or arrays
 * of bytes where they are not UTF-8, or null where they are too large.
 */
final class JournalJson extends JournalEntry {
  private static final String TIME = "__REALTIME_TIMESTAMP";
  private static final byte[][] SIGNS = {
    Scan.bytes("\"" + TIME + "\""), Scan.bytes("\"__CURSOR\"")
  };

  private final JsonFactory json = new JsonFactory();

  /** Whether the line {@code in[from, to)} is an entry, by the fields that only a journal has. */
  static boolean isEntry(byte[] in, int from, int to) {
    for (byte[] sign : SIGNS) {
      if (Scan.find(in, from, to, sign) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Takes a line; false if it is not JSON as it should be. */
  boolean read(byte[] in, int from, int to) {
    clear();
    try (JsonParser p = json.createParser(in, from, to - from)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String name = p.currentName();
        JsonToken value = p.nextToken();
        switch (name) {
          case TIME -> {
            byte[] text = Scan.bytes(p.getText());
            setTime(text, 0, text.length);
          }
          case "SYSLOG_IDENTIFIER" -> setProgram(p.getText());
          case "SYSLOG_PID" -> {
            byte[] text = Scan.bytes(p.getText());
            setSyslogPid(text, 0, text.length);
          }
          case "_PID" -> {
            byte[] text = Scan.bytes(p.getText());
            setPid(text, 0, text.length);
          }
          case "_HOSTNAME" -> {
            byte[] text = p.getText().getBytes(StandardCharsets.UTF_8);
            setHost(text, 0, text.length);
          }
          case "MESSAGE" -> {
            if (value == JsonToken.START_ARRAY) {
              ByteArrayOutputStream bytes = new ByteArrayOutputStream();
              while (p.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                bytes.write(p.getIntValue());
              }
              setMessage(bytes.toByteArray());
            } else if (value == JsonToken.VALUE_STRING) {
              setMessage(p.getText().getBytes(StandardCharsets.UTF_8));
            }
          }
          default -> p.skipChildren();
        }
      }
      return p.currentToken() == JsonToken.END_OBJECT;
    } catch (IOException e) {
      return false;
    }
  }
}
