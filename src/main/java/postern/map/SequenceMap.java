package postern.map;

import java.util.List;

/**
 * Classes {@code sequence} and {@code switch}: the first member with an answer wins; a temporary
 * failure on the way is remembered and returned if nobody has one.
 */
final class SequenceMap implements LookupMap {
  private final List<MapEntry> members;

  SequenceMap(List<MapEntry> members) {
    this.members = List.copyOf(members);
  }

  @Override
  public boolean mayBlock() {
    return members.stream().anyMatch(MapEntry::mayBlock);
  }

  @Override
  public void refresh() {
    members.forEach(MapEntry::refresh);
  }

  @Override
  public void lookup(Query query, Answer answer) {
    int status = Answer.OK;
    for (MapEntry member : members) {
      member.lookupRaw(query, answer);
      if (answer.isFound()) {
        return;
      }
      if (answer.isTemporaryFailure()) {
        status = Answer.TEMPORARY_FAILURE;
      }
    }
    answer.missing(status);
  }
}
