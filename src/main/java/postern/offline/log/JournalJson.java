package postern.offline.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code journalctl -o json}: an object on a line, whose values are texts, or arrays
 * of bytes where they are not UTF-8, or null where they are too large.
 */
final class JournalJson {
  private static final String TIME = "__REALTIME_TIMESTAMP";
  private static final byte[][] SIGNS = {
    Scan.bytes("\"" + TIME + "\""), Scan.bytes("\"__CURSOR\"")
  };

  private final JsonFactory json = new JsonFactory();
  private long time;
  private String program = "";
  private long pid;
  private long host;
  private byte @Nullable [] message;

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
    time = Stamps.NONE;
    program = "";
    pid = 0;
    host = 0;
    message = null;
    boolean syslogPid = false;
    try (JsonParser p = json.createParser(in, from, to - from)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String name = p.currentName();
        JsonToken value = p.nextToken();
        switch (name) {
          case TIME -> time = number(p.getText()) / 1000;
          case "SYSLOG_IDENTIFIER" -> program = p.getText();
          case "SYSLOG_PID" -> {
            pid = number(p.getText());
            syslogPid = true;
          }
          case "_PID" -> pid = syslogPid ? pid : number(p.getText());
          case "_HOSTNAME" -> {
            byte[] text = p.getText().getBytes(StandardCharsets.UTF_8);
            host = Scan.hash(text, 0, text.length);
          }
          case "MESSAGE" -> {
            if (value == JsonToken.START_ARRAY) {
              ByteArrayOutputStream bytes = new ByteArrayOutputStream();
              while (p.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                bytes.write(p.getIntValue());
              }
              message = bytes.toByteArray();
            } else if (value == JsonToken.VALUE_STRING) {
              message = p.getText().getBytes(StandardCharsets.UTF_8);
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

  private static long number(String text) {
    byte[] digits = Scan.bytes(text);
    long value = 0;
    for (int i = 0; i < digits.length && i < 18 && digits[i] >= '0' && digits[i] <= '9'; i++) {
      value = value * 10 + digits[i] - '0';
    }
    return value;
  }

  long time() {
    return time;
  }

  String program() {
    return program;
  }

  long pid() {
    return pid;
  }

  long host() {
    return host;
  }

  byte @Nullable [] message() {
    return message;
  }
}
