/**
 * Pure functions that score predictions and compare representations: accuracy, CKA and their kin.
 */
@NullMarked
package dev.decant.metric;

import org.jspecify.annotations.NullMarked;
