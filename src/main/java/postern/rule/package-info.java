/**
 * Rules compiled to a {@link postern.rule.Program} (immutable, shared) and run by a {@link
 * postern.rule.Machine} (one thread, reusable), watched by a {@link postern.rule.Trace}. Knows
 * nothing of files, grammar or SMTP.
 *
 * <p>The interpreter (Machine, Matcher, Rewriter) says what is right. Two things do the same
 * faster: rule sets as bytecode (RulesCompiler), and decision trees over the shapes of workspaces
 * (DecisionTree, grown by TreeGrower, run by TreeRunner). Tests hold both against it.
 */
@NullMarked
package postern.rule;

import org.jspecify.annotations.NullMarked;
