package postern.offline.log;

/** Why a line was of no use. */
public enum Unused {
  NO_STAMP("without time stamp and program"),
  OTHER_PROGRAM("of other programs"),
  NO_SESSION("of mail programs, but not about sessions"),
  LOCAL("about mail that was not received by SMTP"),
  NO_BEGINNING("about messages or connections whose beginning is not in the log"),
  BROKEN("not of the expected form"),
  TOO_LONG("longer than 64 KiB");

  private final String words;

  Unused(String words) {
    this.words = words;
  }

  /** Ends a sentence that begins with "lines". */
  public String words() {
    return words;
  }
}
