package postern.offline.replay;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import postern.offline.RecordJson;
import postern.offline.SessionRecord;

/** Sessions that fail or may fail now, a few of each reason: what to look at first. */
public final class Samples {
  private static final int OF_EACH = 3;
  private static final int MOST = 3000;

  private final Map<String, Integer> counts = new HashMap<>();
  private final List<SessionRecord> records = new ArrayList<>();

  /** Takes a session if it is one of the first of its reason. */
  public void offer(SessionRecord session, Ruling ruling, Tally.Change change) {
    if ((change == Tally.Change.NEWLY_REFUSED || change == Tally.Change.MAYBE)
        && records.size() < MOST) {
      String reason = ruling.kind() == Kind.DEPENDS ? ruling.words() : ruling.reason();
      if (counts.merge(reason, 1, Integer::sum) <= OF_EACH) {
        records.add(session);
      }
    }
  }

  /** How many there are. */
  public int size() {
    return records.size();
  }

  /** Writes them as session records (docs/session-record.md), one a line. */
  public void write(Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (SessionRecord record : records) {
        RecordJson.write(record, out);
      }
    }
  }
}
