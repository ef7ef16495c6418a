/**
 * Studies of trained models: similarity of representations.
 */
@NullMarked
package dev.decant.analyze;

import org.jspecify.annotations.NullMarked;
