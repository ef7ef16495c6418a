/**
 * Turns recipe records into objects: data, models, terms, optimizers, gates, quantizers. One builder for each family of records; nothing is trained here.
 *
 * <p>Read {@link dev.decant.build.TermBuilder} and {@link dev.decant.build.DataBuilder} first.
 */
@NullMarked
package dev.decant.build;

import org.jspecify.annotations.NullMarked;
