/**
 * The generated Shapes world: images, texts and questions that follow from a seed alone.
 *
 * <p>Read {@link dev.decant.data.shapes.Shapes} and {@link dev.decant.data.shapes.Scene} first.
 */
@NullMarked
package dev.decant.data.shapes;

import org.jspecify.annotations.NullMarked;
