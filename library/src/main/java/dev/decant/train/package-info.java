/**
 * The training loop, checkpoints, resume, and the metrics that come out.
 */
@NullMarked
package dev.decant.train;

import org.jspecify.annotations.NullMarked;
