/**
 * What results are judged by: accuracy, similarity of representations and of attention, mean and spread over seeds.
 *
 * <p>Counters are fed batch by batch; which images they see is the business of {@code train} and {@code analyze}. Nothing
 * here has a gradient. Read {@link dev.decant.metric.Accuracy} first, then {@link dev.decant.metric.Cka}.
 */
@NullMarked
package dev.decant.metric;

import org.jspecify.annotations.NullMarked;
