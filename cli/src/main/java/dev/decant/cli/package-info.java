/** The command line: parses, calls the library, prints. Nothing more. */
@NullMarked
package dev.decant.cli;

import org.jspecify.annotations.NullMarked;
