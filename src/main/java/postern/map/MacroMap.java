package postern.map;

import postern.text.MacroNames;

/**
 * Class {@code macro}: sets the macro that the key names to the first argument, or takes its value
 * away when there is none. The answer is empty; there is none if the key is no name.
 */
final class MacroMap implements LookupMap {
  @Override
  public void lookup(Query query, Answer answer) {
    if (query.key().isEmpty()) {
      answer.missing(Answer.CONFIGURATION);
      return;
    }
    int id = id(query);
    if (id == MacroNames.BAD) {
      answer.missing(Answer.CONFIGURATION);
      return;
    }
    if (query.arguments() == 0) {
      query.macros().unset(id);
    } else {
      query.macros().set(id, query.argument(1));
    }
    answer.found();
  }

  private static int id(Query query) {
    // The usual {name} without making a string is worth it: rules set macros often.
    if (query.key().length() == 1 && query.key().at(0) != '{') {
      return query.key().at(0);
    }
    int known = query.names().knownInBraces(query.key());
    if (known != MacroNames.BAD) {
      return known;
    }
    return query
        .names()
        .parse(query.key().toString(), 0, message -> query.problems().report(message, ""))
        .id();
  }
}
