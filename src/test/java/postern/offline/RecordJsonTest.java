package postern.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

class RecordJsonTest {
  private static final SessionRecord FULL =
      new SessionRecord(
          Instant.parse("2026-11-23T13:53:07Z"),
          Role.SERVER,
          new PeerFacts(
              "192.0.2.25",
              40000,
              "mx.bank.example",
              "forged.example",
              PeerFacts.Resolve.FORGED,
              "MTA",
              "s ",
              "192.0.2.1",
              25,
              3,
              4,
              5),
          "mx.bank.example",
          new TlsFacts(
              Verify.FAIL,
              "TLSv1.2",
              "DES-CBC3-SHA",
              112,
              168,
              "/C=US/O=Ex,+20Inc./CN=a\"b",
              "/CN=CA",
              "a",
              "CA",
              "16:F9",
              List.of("a.example", "b.example"),
              "certificate has expired"),
          new SessionRecord.Login("EXTERNAL", "joe", 256),
          new SessionRecord.Message(
              "6ANDr7OL015993",
              "<a@b.example>",
              List.of("<x@y.example>", "<z@y.example>"),
              Map.of("SIZE", "1000"),
              1000),
          Set.of(Fact.CN_SUBJECT, Fact.HELO),
          new SessionRecord.Past("tls_client", "454 4.7.0 authentication failed"));

  private static String write(SessionRecord record) throws IOException {
    StringWriter out = new StringWriter();
    RecordJson.write(record, out);
    return out.toString();
  }

  private static RecordJson.Reader reader(String text) throws IOException {
    return new RecordJson.Reader(
        "t.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    SessionRecord plain =
        Policies.session(Role.CLIENT, "server-name=mx.example", "server-addr=192.0.2.9");
    try (RecordJson.Reader reader = reader(write(FULL) + write(plain))) {
      assertEquals(FULL, reader.next());
      SessionRecord second = reader.next();
      assertEquals(Role.CLIENT, java.util.Objects.requireNonNull(second).role());
      assertEquals("mx.example", second.peer().name());
      assertNull(second.tls());
      assertNull(reader.next());
    }
  }

  @Test
  void fieldsOfALaterVersionArePassedOver() throws Exception {
    String text =
        "{\"postern-session\":1,\"future\":{\"a\":[1,{\"b\":2}]},\"peer\":{\"name\":\"x\",\"new\":[\"y\"]}}";
    try (RecordJson.Reader reader = reader(text)) {
      assertEquals("x", java.util.Objects.requireNonNull(reader.next()).peer().name());
    }
  }

  @Test
  void faultsSayWhereAndWhy() throws Exception {
    assertEquals("t.json:1:11: no \"postern-session\": 1 in this object", fault("{\"helo\":\"\"}"));
    assertEquals(
        "t.json:1:20: version 2 of the form; this program reads 1",
        fault("{\"postern-session\":2}"));
    assertEquals("t.json:1:1: a record is an object, { ... }", fault("[1]"));
    assertEquals(
        "t.json:2:10: role is server or client, not peer",
        fault("{\"postern-session\":1,\n\"role\" : \"peer\"}"));
    assertEquals(
        "t.json:1:45: no such value of verify: MAYBE",
        fault("{\"postern-session\":1,\"tls\":{\"verify\":\"MAYBE\"}}"));
    assertEquals(
        "t.json:1:42: bits is a number, not many",
        fault("{\"postern-session\":1,\"tls\":{\"bits\":\"many\"}}"));
  }

  private static String fault(String text) throws IOException {
    try (RecordJson.Reader reader = reader(text)) {
      return String.valueOf(assertThrows(RecordException.class, reader::next).getMessage());
    }
  }
}
