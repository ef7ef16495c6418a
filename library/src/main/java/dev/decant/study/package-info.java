/**
 * The studies of {@code analyze} stages and of {@code decant analyze}: which networks and data they look at, and where their files go.
 *
 * <p>Read {@link dev.decant.study.CkaStage} first.
 */
@NullMarked
package dev.decant.study;

import org.jspecify.annotations.NullMarked;
