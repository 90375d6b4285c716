/**
 * Rules compiled to a {@link postern.rule.Program} (immutable, shared) and run by a {@link
 * postern.rule.Machine} (one thread, reusable), watched by a {@link postern.rule.Trace}. Knows
 * nothing of files, grammar or SMTP.
 *
 * <p>The interpreter (Machine, Matcher, Rewriter) says what is right. Two things do the same
 * faster: rule sets as bytecode (RulesCompiler), and decision trees over the shapes of workspaces
 * (DecisionTree, grown by TreeGrower, run by TreeRunner). Tests hold both against it.
 *
 * <p>Address test mode shows more of sendmail than its rules: words that stand in memory which is
 * used again (SplitMemory) and words that calls change for good (OwnWords).
 */
@NullMarked
package postern.rule;

import org.jspecify.annotations.NullMarked;
