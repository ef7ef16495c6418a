/**
 * Gates that learn which heads, neurons and channels a network can do without, what holds them to a size, and the removal.
 *
 * <p>{@link HardConcrete} is a gate, {@link Sparsity} the pressure on all gates of a network, {@link Extraction} what makes
 * the network smaller when training is over. {@link Magnitude} needs no training. Read those four.
 */
@NullMarked
package dev.decant.prune;

import org.jspecify.annotations.NullMarked;
