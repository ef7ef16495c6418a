/**
 * The root of the exceptions. {@link dev.decant.UserException} is what the user can mend; any other {@link
 * dev.decant.DecantException} is a failure of the work itself; everything else is a mistake in Decant.
 */
@NullMarked
package dev.decant;

import org.jspecify.annotations.NullMarked;
