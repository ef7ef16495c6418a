/**
 * The training loop, scores, checkpoints, resume, and the metrics that come out.
 *
 * <p>Trains one student for one stage and seed. What a run is made of (teachers, control, seeds, stages) is known to {@code
 * run}; what is minimized is the {@link dev.decant.distill.Objective}. Read {@link dev.decant.train.Trainer} first, then {@link
 * dev.decant.train.Checkpoint}.
 */
@NullMarked
package dev.decant.train;

import org.jspecify.annotations.NullMarked;
