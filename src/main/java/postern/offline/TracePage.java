package postern.offline;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decision as a page: why, and the workspace as each rule rewrote it. */
public final class TracePage {
  private static final String STYLE =
      """
      .verdict { border-left: .4rem solid; padding: .25rem 0 .25rem 1rem; }
      ol.steps { list-style: none; padding: 0; }
      .steps > li { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0;
        padding: .5rem .75rem; }
      .steps > li.d1 { margin-left: 0; } .steps > li.d2 { margin-left: min(2rem, 3vw); }
      .steps > li.d3 { margin-left: min(4rem, 6vw); } .steps > li.d4 { margin-left: min(6rem, 9vw); }
      .steps > li.ENTER, .steps > li.LEAVE { background: var(--soft); border-style: dashed; }
      .work { display: flex; flex-wrap: wrap; gap: .2rem; align-items: end; margin: .35rem 0; }
      .work .name { flex: 0 0 4.5rem; color: var(--dim); font: .85rem system-ui, sans-serif; }
      .work .words { display: flex; flex-wrap: wrap; gap: .2rem; flex: 1 1 12rem;
        align-items: end; min-width: 0; }
      .t { border: 1px solid var(--line); border-radius: .25rem; padding: 0 .3rem;
        background: var(--paper); overflow-wrap: anywhere; }
      .b { display: inline-flex; flex-direction: column; }
      .b .in { display: flex; flex-wrap: wrap; gap: .2rem; border-bottom: .2rem solid var(--rule);
        padding-bottom: .1rem; }
      .b .op { color: var(--rule); font-size: .8rem; }
      .new .t { background: var(--mark); }
      ul.notes { margin: .25rem 0; padding-left: 1.25rem; color: var(--dim); }
      """;

  private TracePage() {}

  /**
   * The page.
   *
   * @param decisions of the session in order; the last one is explained
   */
  public static String of(
      SessionRecord record,
      List<Decision> decisions,
      List<WhatIf.Turn> turns,
      List<PictureTrace.Step> steps) {
    Decision last = decisions.get(decisions.size() - 1);
    Explanation explanation = new Explanation(record, last, turns);
    StringBuilder body = new StringBuilder();
    String headline = explanation.headline();
    body.append("<h1>").append(Html.text(headline)).append("</h1>\n<div class=\"verdict ");
    body.append(last.refuses() ? "bad" : "good").append("\">\n<p>");
    body.append(Html.text(explanation.reason())).append("</p>\n");
    if (!turns.isEmpty()) {
      body.append("<p>").append(Html.text(explanation.turn())).append("</p>\n");
    }
    body.append("</div>\n");
    body.append(
        Html.table(
            "The session",
            List.of("Fact", "Value"),
            List.of(List.of("asked", explanation.asked()), List.of("known", explanation.known()))));
    if (decisions.size() > 1) {
      List<List<String>> rows = new ArrayList<>();
      decisions.forEach(d -> rows.add(List.of(d.hook().text(), d.answer())));
      body.append(Html.table("Answers in order", List.of("Hook", "Answer"), rows));
    }
    if (!last.entries().isEmpty()) {
      List<List<String>> rows = new ArrayList<>();
      for (Decision.Found found : last.entries()) {
        MapLine line = found.line();
        rows.add(
            List.of(line == null ? found.map() : line.place(), found.key() + " " + found.value()));
      }
      body.append(Html.table("Map lines that answered", List.of("Place", "Line"), rows));
    }
    body.append(
        "<h2>Step by step</h2>\n<p>A rule set rewrites a workspace of words. Words that an");
    body.append(" operator of the rule stood for are underlined and named $1, $2 …; what a rule");
    body.append(" made of them is shaded.</p>\n<ol class=\"steps\">\n");
    steps.forEach(step -> step(step, body));
    body.append("</ol>\n");
    return Html.page(headline, STYLE, body.toString());
  }

  private static void step(PictureTrace.Step step, StringBuilder out) {
    int depth =
        Math.min(4, step.kind() == PictureTrace.Kind.RULE ? step.depth() : step.depth() + 1);
    out.append("<li class=\"").append(step.kind()).append(" d").append(Math.max(1, depth));
    out.append("\">");
    failed(step.failed(), out);
    switch (step.kind()) {
      case ENTER -> {
        out.append("<strong>").append(Html.text(step.ruleSet())).append("</strong> is given");
        work("", step.after(), List.of(), false, out);
      }
      case LEAVE -> {
        out.append("<strong>").append(Html.text(step.ruleSet())).append("</strong> returns");
        work("", step.after(), List.of(), false, out);
      }
      case RULE -> rule(step, out);
    }
    out.append("</li>\n");
  }

  private static void failed(List<Integer> lines, StringBuilder out) {
    if (lines.isEmpty()) {
      return;
    }
    out.append("<div class=\"dim\">");
    out.append(Words.count(lines.size(), "rule")).append(lines.size() == 1 ? " does" : " do");
    out.append(" not match: line").append(lines.size() == 1 ? " " : "s ");
    out.append(
        lines.size() > 8 ? lines.get(0) + " to " + lines.get(lines.size() - 1) : join(lines));
    out.append("</div>");
  }

  private static String join(List<Integer> lines) {
    return String.join(", ", lines.stream().map(String::valueOf).toList());
  }

  private static void rule(PictureTrace.Step step, StringBuilder out) {
    @Nullable Place place = step.place();
    if (place != null) {
      out.append("<div><span class=\"dim\">").append(Html.text(place.ruleSet())).append(", line ");
      out.append(place.line()).append("</span> <code>").append(Html.text(place.source()));
      out.append("</code></div>");
    }
    work("before", step.before(), step.bindings(), false, out);
    if (!step.notes().isEmpty()) {
      out.append("<ul class=\"notes\">");
      step.notes()
          .forEach(n -> out.append("<li class=\"n\">").append(Html.text(n)).append("</li>"));
      out.append("</ul>");
    }
    work("after", step.after(), List.of(), true, out);
  }

  private static void work(
      String name,
      List<String> words,
      List<PictureTrace.Binding> bindings,
      boolean fresh,
      StringBuilder out) {
    out.append("<div class=\"work").append(fresh ? " new" : "").append("\">");
    if (!name.isEmpty()) {
      out.append("<span class=\"name\">").append(name).append("</span>");
    }
    out.append("<span class=\"words\">");
    if (words.isEmpty()) {
      out.append("<em class=\"dim\">nothing</em>");
    }
    int at = 0;
    for (int i = 0; i < bindings.size(); i++) {
      PictureTrace.Binding binding = bindings.get(i);
      for (; at < binding.from(); at++) {
        word(words.get(at), out);
      }
      out.append("<span class=\"b\"><span class=\"op\">$").append(i + 1);
      out.append(binding.from() == binding.to() ? " is nothing" : "").append("</span>");
      out.append("<span class=\"in\">");
      for (; at < binding.to(); at++) {
        word(words.get(at), out);
      }
      out.append("</span></span>");
    }
    for (; at < words.size(); at++) {
      word(words.get(at), out);
    }
    out.append("</span></div>");
  }

  private static void word(String word, StringBuilder out) {
    out.append("<span class=\"t\">").append(Html.text(word)).append("</span> ");
  }
}
