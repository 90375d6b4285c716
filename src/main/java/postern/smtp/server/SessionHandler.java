package postern.smtp.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;

/**
 * The one handler behind a connection (but for {@code tls} in front of it): turns Netty's events
 * into calls of {@link SmtpSession}. One per connection.
 */
final class SessionHandler extends ChannelInboundHandlerAdapter {
  /** A user event: end the session as soon as no transaction is open. */
  static final Object STOP = new Object();

  /** Makes the session when the peer is known; called once, on the event loop. */
  interface Sessions {
    /**
     * A session.
     *
     * @param again begins another one on the same connection, as if the peer were another
     */
    SmtpSession session(Wire wire, PeerFacts peer, Consumer<PeerFacts> again);
  }

  /** Finds out who is connected. */
  interface Peers {
    /**
     * Calls {@code known} on the event loop, now or later; refuses the connection by not calling it
     * and writing to {@code wire}.
     */
    void identify(Wire wire, Consumer<PeerFacts> known);

    /** The connection is gone. */
    void gone();
  }

  private final Peers peers;
  private final Sessions sessions;
  private @Nullable Wire wire;
  private @Nullable SmtpSession session;
  private boolean stopping;

  SessionHandler(Peers peers, Sessions sessions) {
    this.peers = peers;
    this.sessions = sessions;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    Wire opened = new Wire(ctx);
    wire = opened;
    peers.identify(
        opened,
        facts -> {
          if (ctx.channel().isActive()) {
            begin(opened, facts);
          }
        });
  }

  private void begin(Wire opened, PeerFacts facts) {
    SmtpSession begun = sessions.session(opened, facts, other -> begin(opened, other));
    session = begun;
    begun.open();
    if (stopping) {
      begun.stop();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Wire from = wire;
    if (from == null) {
      ((ByteBuf) message).release();
      return;
    }
    from.received((ByteBuf) message);
    SmtpSession to = session;
    if (to != null) {
      to.received();
    } else {
      from.rest(true);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Wire from = wire;
    if (from != null) {
      from.readComplete();
    }
    SmtpSession to = session;
    if (to != null) {
      to.readComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    SmtpSession to = session;
    if (to != null && ctx.channel().isWritable()) {
      to.writable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    SmtpSession to = session;
    if (event == STOP) {
      stopping = true;
      if (to != null) {
        to.stop();
      }
    } else if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (to != null && handshake.isSuccess()) {
        to.tlsStarted();
      } else if (to != null) {
        to.tlsFailed(reason(handshake.cause()));
      }
    } else if (event instanceof SniCompletionEvent asked) {
      if (to != null && !asked.isSuccess()) {
        to.tlsFailed(reason(asked.cause()));
      }
    } else if (event instanceof SslCloseCompletionEvent) {
      var unused = ctx.close(); // after close_notify nothing counts, least of all plain text
    } else if (event instanceof ChannelInputShutdownEvent) {
      if (to != null) {
        to.inputEnded();
      } else {
        var unused = ctx.close();
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    SmtpSession to = session;
    Wire from = wire;
    if (to != null) {
      to.closed();
    } else if (from != null) {
      from.closed();
    }
    session = null;
    peers.gone();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    SmtpSession to = session;
    if (to == null || (cause instanceof IOException && !(cause instanceof SSLException))) {
      var unused = ctx.close(); // reset by the peer and its like
    } else if (cause instanceof SSLException || cause instanceof DecoderException) {
      to.tlsFailed(reason(cause));
    } else {
      to.fault(cause);
    }
  }

  private static String reason(@Nullable Throwable cause) {
    Throwable deepest = cause;
    while (deepest != null && deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest == null ? null : deepest.getMessage();
    return message == null ? "unknown" : message;
  }
}
