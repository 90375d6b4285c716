package postern.cf;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.tree.TerminalNode;
import postern.cf.CfRecord.Piece;
import postern.cf.grammar.CfLexer;
import postern.cf.grammar.CfParser;
import postern.source.SourceText;

/** Reads a configuration file into {@link CfRecord}s. The only class that sees ANTLR's trees. */
final class CfReader {
  private CfReader() {}

  /** Reads {@code source}; never fails for what the text says. */
  static List<CfRecord> read(SourceText source) {
    CfLexer lexer = new CfLexer(CharStreams.fromString(source.text(), source.name()));
    lexer.removeErrorListeners();
    CfParser parser = new CfParser(new CommonTokenStream(lexer));
    parser.removeErrorListeners();
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    List<CfRecord> records = new ArrayList<>();
    for (CfParser.RecordContext record : parser.file().record()) {
      records.add(record(record));
    }
    return records;
  }

  private static CfRecord record(CfParser.RecordContext record) {
    Token start = record.getStart();
    List<Piece> pieces = new ArrayList<>();
    collect(record, start, pieces);
    char kind = start.getType() == CfLexer.STRAY ? '\n' : start.getText().charAt(0);
    if (start.getType() == CfLexer.STRAY) {
      pieces.add(
          0,
          new Piece(CfRecord.Type.TEXT, start.getText().substring(1), start.getStartIndex() + 1));
    }
    int last = record.getStop() == null ? start.getLine() : record.getStop().getLine();
    return new CfRecord(kind, pieces, start.getStartIndex(), start.getLine(), last);
  }

  private static void collect(ParserRuleContext context, Token start, List<Piece> pieces) {
    for (int i = 0; i < context.getChildCount(); i++) {
      if (context.getChild(i) instanceof ParserRuleContext inner) {
        collect(inner, start, pieces);
      } else if (context.getChild(i) instanceof TerminalNode leaf) {
        Token token = leaf.getSymbol();
        if (token != start && token.getType() != CfLexer.END) {
          pieces.add(new Piece(type(token.getType()), token.getText(), token.getStartIndex()));
        }
      }
    }
  }

  private static CfRecord.Type type(int token) {
    return switch (token) {
      case CfLexer.REFERENCE, CfLexer.UNCLOSED, CfLexer.LONE_DOLLAR -> CfRecord.Type.REFERENCE;
      case CfLexer.DOLLAR_DOLLAR -> CfRecord.Type.DOLLAR;
      case CfLexer.ESCAPED_HASH -> CfRecord.Type.ESCAPED_HASH;
      case CfLexer.COMMENT -> CfRecord.Type.COMMENT;
      case CfLexer.CONTINUATION -> CfRecord.Type.CONTINUATION;
      default -> CfRecord.Type.TEXT;
    };
  }
}
