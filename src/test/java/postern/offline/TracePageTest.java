package postern.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import postern.cf.Configuration;

class TracePageTest {
  private static String page(Configuration configuration, SessionRecord record, Hook hook) {
    Decider decider = new Decider(configuration);
    Decision decision = decider.decide(record, hook);
    PictureTrace picture = new PictureTrace(configuration);
    new Decider(configuration, picture).decide(record, hook, picture::begin);
    return TracePage.of(
        record, List.of(decision), new WhatIf(decider).turns(record, decision), picture.steps());
  }

  @Test
  void theWorkspaceIsShownBeforeAndAfterEachRule() {
    Configuration configuration =
        Policies.of(
            """
            Stry_tls
            Rb $*\t$@ OK
            Rmx . $+\t$: <$1> $&{server_addr}
            R$*\t$>Call $1
            SCall
            R$* a $-\t$#error $@ 5.7.1 $: "550 no"
            """);
    PictureTrace picture = new PictureTrace(configuration);
    SessionRecord record =
        Policies.session(Role.CLIENT, "server-name=mx.x<&>.example", "server-addr=192.0.2.1");
    new Decider(configuration, picture).decide(record, Hook.TRY_TLS, picture::begin);
    PictureTrace.Step first =
        picture.steps().stream()
            .filter(s -> s.kind() == PictureTrace.Kind.RULE)
            .findFirst()
            .orElseThrow();
    assertEquals(List.of("mx", ".", "x", "<", "&", ">", ".", "example"), first.before());
    assertEquals(List.of(new PictureTrace.Binding(2, 8)), first.bindings());
    assertEquals(List.of("$&{server_addr} is 192.0.2.1"), first.notes());
    assertEquals("<", first.after().get(0));
    assertEquals(1, first.failed().size());
  }

  @Test
  void thePageStandsAlone(@TempDir Path folder) throws Exception {
    Configuration configuration = Policies.withAccess(folder, "TLS_Srv:b.example\tVERIFY");
    SessionRecord record =
        Policies.session(Role.CLIENT, "server-name=b.example", "verify=NO", "cn=<script>");
    String page = page(configuration, record, Hook.TLS_SERVER);
    assertTrue(page.contains("<h1>Refused for now: 454 4.7.0 not authenticated</h1>"));
    assertTrue(page.contains("Would pass with verify=OK."));
    assertTrue(page.contains("<span class=\"op\">$1"));
    assertFalse(page.contains("<script") || page.contains("src=") || page.contains("href="));
    String xml = page.replace("<!DOCTYPE html>", "").replaceAll("<meta[^>]*>", "");
    Document parsed =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    assertTrue(parsed.getElementsByTagName("li").getLength() > 10);
  }
}
