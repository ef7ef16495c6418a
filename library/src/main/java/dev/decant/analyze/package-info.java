/**
 * Studies of trained networks, and charts of what they find: which layers of two are alike, how far a student's attention is
 * from its teacher's, how curved a loss is in a network's parameters.
 *
 * <p>The measures are in {@link dev.decant.metric}; here they are fed with what networks leave in a trace. Read {@link
 * dev.decant.analyze.CkaStudy} first; {@link dev.decant.analyze.Spectrum} holds the linear algebra of the last.
 */
@NullMarked
package dev.decant.analyze;

import org.jspecify.annotations.NullMarked;
