/**
 * Datasets, transforms, the prefetching loader, and the generated Shapes world.
 */
@NullMarked
package dev.decant.data;

import org.jspecify.annotations.NullMarked;
