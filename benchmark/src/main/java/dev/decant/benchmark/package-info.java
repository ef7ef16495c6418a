/** Timed work, run side by side with the same work in Python. */
@NullMarked
package dev.decant.benchmark;

import org.jspecify.annotations.NullMarked;
