package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallPartsTest {
  // ---- Listener

  @ParameterizedTest(name = "M={0}")
  @CsvSource({"'','',false", "Ea,EE a,false", "s,s,true", "aS O,a SS OO,false"})
  void daemonFlags(String modifiers, String flags, boolean implicit) {
    Listener listener =
        Listener.on("MTA", InetSocketAddress.createUnresolved("any", 25), modifiers);
    assertEquals(flags, listener.daemonFlags());
    assertEquals(implicit, listener.implicitTls());
  }

  @Test
  void addressesAsSendmailWritesThem() throws Exception {
    assertEquals("192.0.2.1", PeerDesk.text(InetAddress.getByName("192.0.2.1")));
    assertEquals("IPv6:2001:db8:0:0:0:0:0:1", PeerDesk.text(InetAddress.getByName("2001:db8::1")));
    assertEquals("192.0.2.1", PeerDesk.text(InetAddress.getByName("::ffff:192.0.2.1")));
  }

  // ---- ConnectionCounts

  @Test
  void countsWhoIsConnectedAndHowOften() throws Exception {
    InetAddress a = InetAddress.getByName("192.0.2.1");
    InetAddress b = InetAddress.getByName("192.0.2.2");
    ConnectionCounts counts = new ConnectionCounts();
    assertEquals(new ConnectionCounts.Counts(1, 1, 1, 1), counts.opened(a, 1_000, 60));
    assertEquals(new ConnectionCounts.Counts(2, 2, 2, 2), counts.opened(a, 2_000, 60));
    assertEquals(new ConnectionCounts.Counts(1, 1, 3, 3), counts.opened(b, 3_000, 60));
    counts.closed(a);
    assertEquals(2, counts.total());
    // a minute later what was is forgotten, who is there is not
    assertEquals(new ConnectionCounts.Counts(2, 1, 1, 3), counts.opened(a, 70_000, 60));
    counts.closed(b);
    assertThrows(IllegalStateException.class, () -> counts.closed(b));
  }

  @Test
  void goneAddressesAreNotKeptForEver() {
    ConnectionCounts counts = new ConnectionCounts();
    for (int i = 0; i < 100_000; i++) {
      InetAddress address = address(i);
      counts.opened(address, i * 100L, 60);
      counts.closed(address);
    }
    assertTrue(counts.remembered() < 25_000, counts.remembered() + " addresses");
  }

  private static InetAddress address(int i) {
    try {
      return InetAddress.getByAddress(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i});
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- TlsRecordGuard

  private static ByteBuf record(int type, int claimed, int present) {
    ByteBuf record = Unpooled.buffer();
    record.writeByte(type).writeShort(0x0303).writeShort(claimed).writeZero(present);
    return record;
  }

  @Test
  void aRecordThatClaimsTooMuchEndsTheConnection() {
    EmbeddedChannel channel = new EmbeddedChannel(new TlsRecordGuard(false));
    channel.writeInbound(record(22, 100, 100), record(23, 16384 + 256, 16384 + 256));
    assertTrue(channel.isOpen());
    channel.writeInbound(record(22, 65535, 100));
    assertFalse(channel.isOpen());
    channel.releaseInbound();
  }

  @Test
  void recordsMayBeCutAnywhere() {
    EmbeddedChannel channel = new EmbeddedChannel(new TlsRecordGuard(false));
    ByteBuf all = Unpooled.wrappedBuffer(record(22, 7, 7), record(20, 1, 1), record(23, 19, 19));
    while (all.isReadable()) {
      channel.writeInbound(all.readBytes(1));
    }
    assertTrue(channel.isOpen());
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {23, 3}));
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {3, (byte) 0xff}));
    assertTrue(channel.isOpen());
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0}));
    assertFalse(channel.isOpen());
    all.release();
    channel.releaseInbound();
  }

  @Test
  void anAlertThatWentOutEndsTheConnection() {
    for (ByteBuf alert : new ByteBuf[] {record(21, 2, 2), record(23, 19, 19)}) {
      EmbeddedChannel channel = new EmbeddedChannel(new TlsRecordGuard(true));
      channel.writeOutbound(Unpooled.copiedBuffer(new byte[] {'2', '2', '0', 0, 19, 1}));
      channel.writeOutbound(record(23, 300, 290));
      channel.writeOutbound(record(21, 2, 5)); // the rest of the record before: no header
      channel.writeInbound(record(23, 20, 20));
      assertTrue(channel.isOpen());
      channel.writeOutbound(Unpooled.buffer().writeZero(0));
      channel.writeOutbound(alert);
      channel.writeInbound(record(23, 20, 20));
      assertFalse(channel.isOpen());
      channel.finishAndReleaseAll();
    }
  }

  @Test
  void nothingBehindAProxyHeaderIsLostInHowManyPiecesItCame() {
    InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4000);
    StringBuilder heard = new StringBuilder();
    Listener listener =
        Listener.on("MTA", InetSocketAddress.createUnresolved("any", 25), "p")
            .behind(Networks.LOOPBACK);
    EmbeddedChannel channel =
        new EmbeddedChannel() {
          @Override
          protected SocketAddress remoteAddress0() {
            return peer;
          }
        };
    channel
        .pipeline()
        .addLast(
            new ProxyHead(listener, new ServerLog() {}),
            new SimpleChannelInboundHandler<ByteBuf>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, ByteBuf data) {
                heard.append(data.toString(StandardCharsets.US_ASCII));
              }
            });
    channel.pipeline().fireChannelActive();
    channel.writeInbound(
        new HAProxyMessage(
            HAProxyProtocolVersion.V1,
            HAProxyCommand.PROXY,
            HAProxyProxiedProtocol.TCP4,
            "192.0.2.1",
            "127.0.0.1",
            1234,
            25),
        Unpooled.copiedBuffer("EHLO ", StandardCharsets.US_ASCII),
        Unpooled.copiedBuffer("client", StandardCharsets.US_ASCII),
        Unpooled.copiedBuffer(".test\r\n", StandardCharsets.US_ASCII));
    assertEquals("EHLO client.test\r\n", heard.toString());
    assertEquals("/192.0.2.1:1234", ProxyHead.client(channel).toString());
    channel.finishAndReleaseAll();
  }
}
