package postern.map;

/** Class {@code null}: never an answer. */
final class NullMap implements LookupMap {
  @Override
  public void lookup(Query query, Answer answer) {
    answer.missing(Answer.NOT_FOUND);
  }
}
