/**
 * Studies of trained networks: which layers of two of them are alike, and a picture of it.
 *
 * <p>The measure itself is {@link dev.decant.metric.Cka}; here it is fed with two networks' taps. Other studies are not there
 * yet. Read {@link dev.decant.analyze.CkaStudy} first.
 */
@NullMarked
package dev.decant.analyze;

import org.jspecify.annotations.NullMarked;
