package postern.map;

import java.util.List;

/**
 * Class {@code sequence}: the first member with an answer wins; a temporary failure on the way is
 * remembered and returned if nobody has one.
 */
class SequenceMap implements LookupMap {
  /** Most members. */
  static final int MAX_MEMBERS = 128;

  private List<MapEntry> members;

  SequenceMap(List<MapEntry> members) {
    this.members = List.copyOf(members);
  }

  final void members(List<MapEntry> newMembers) {
    members = List.copyOf(newMembers);
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
    boolean failed = false;
    for (MapEntry member : members) {
      if (!member.open(query.problems())) {
        continue;
      }
      member.lookup(query, answer);
      if (answer.isFound()) {
        return;
      }
      status = answer.status();
      failed |= answer.isTemporaryFailure();
    }
    if (failed) {
      status = Answer.TEMPORARY_FAILURE;
    } else if (status == Answer.OK) {
      status = Answer.NOT_FOUND;
    }
    answer.missing(status);
  }
}
