package postern.cf;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import postern.cf.grammar.CfLexer;
import postern.cf.grammar.CfParser;
import postern.source.SourceText;

/** Reads a configuration file into {@link CfRecord}s. The only class that sees ANTLR. */
final class CfReader {
  private CfReader() {}

  /** The grammar accepts every text, so there is no need to look out for errors at each token. */
  private static final class NothingToMend extends DefaultErrorStrategy {
    @Override
    public void sync(Parser recognizer) {}
  }

  /** Reads {@code source}; never fails for what the text says. */
  static List<CfRecord> read(SourceText source) {
    CfLexer lexer = new CfLexer(CharStreams.fromString(source.text(), source.name()));
    lexer.removeErrorListeners();
    CfParser parser = new CfParser(new CommonTokenStream(lexer));
    parser.removeErrorListeners();
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    parser.setErrorHandler(new NothingToMend());
    parser.setBuildParseTree(false); // record by record; where each begins and ends is all we need
    List<CfRecord> records = new ArrayList<>();
    while (parser.getInputStream().LA(1) != Token.EOF) {
      CfRecord read = record(source.text(), parser.record());
      if (read.kind() != 0) {
        records.add(read);
      }
    }
    return records;
  }

  private static CfRecord record(String file, CfParser.RecordContext record) {
    Token start = record.getStart();
    Token stop = record.getStop();
    int from = start.getStartIndex();
    boolean whole = stop != null && stop.getType() == CfLexer.END;
    int to = whole ? Math.min(stop.getStartIndex(), file.length()) : file.length();
    boolean cutOff = to >= file.length();
    String text = file.substring(Math.min(from + 1, to), to);
    int nul = text.indexOf(0);
    if (nul >= 0) {
      text = text.substring(0, nul); // sendmail's lines are C strings
    }
    int last = stop == null ? start.getLine() : stop.getLine();
    char kind = start.getType() == CfLexer.STRAY ? '\n' : file.charAt(from);
    return new CfRecord(kind, text, from, start.getLine(), cutOff ? last - 1 : last);
  }
}
