package postern.map;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

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
    return plainMembers().stream().anyMatch(MapEntry::mayBlock);
  }

  @Override
  public void refresh() {
    plainMembers().forEach(MapEntry::refresh);
  }

  /** The members that are no maps of maps, those of such members included. */
  private Set<MapEntry> plainMembers() {
    Set<MapEntry> found = Collections.newSetFromMap(new IdentityHashMap<>());
    collect(Collections.newSetFromMap(new IdentityHashMap<>()), found);
    return found;
  }

  private void collect(Set<SequenceMap> seen, Set<MapEntry> found) {
    if (!seen.add(this)) {
      return;
    }
    for (MapEntry member : members) {
      if (member.map() instanceof SequenceMap inner) {
        inner.collect(seen, found);
      } else {
        found.add(member);
      }
    }
  }

  @Override
  public void lookup(Query query, Answer answer) {
    if (!query.enter(this)) {
      answer.missing(Answer.CONFIGURATION); // it contains itself
      return;
    }
    try {
      ask(query, answer);
    } finally {
      query.leave();
    }
  }

  private void ask(Query query, Answer answer) {
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
