/** Measures workloads in Decant and the same workloads in Python, alternating. */
@NullMarked
package dev.decant.benchmark;

import org.jspecify.annotations.NullMarked;
