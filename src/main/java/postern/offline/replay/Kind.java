package postern.offline.replay;

/** What becomes of a session. */
public enum Kind {
  ACCEPT("accepted"),
  /** Accepted and dropped. */
  DISCARD("accepted and dropped"),
  /** Accepted and held. */
  QUARANTINE("accepted and held"),
  REFUSE("refused"),
  /** In the log only: refused or dropped, but not by a rule set that is asked again. */
  ELSEWHERE("refused by what is not replayed"),
  /** That depends on facts which are not known. */
  DEPENDS("depends on unknown facts");

  private final String words;

  Kind(String words) {
    this.words = words;
  }

  /** As reports say it. */
  public String words() {
    return words;
  }
}
