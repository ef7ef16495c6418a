/**
 * The command line: parses, calls the library, prints.
 *
 * <p>One class per command. Results go to stdout, progress and messages to stderr; anything that could be of use to a program
 * belongs in the library. Read {@link dev.decant.cli.Main} first, which has the commands and the exit codes.
 */
@NullMarked
package dev.decant.cli;

import org.jspecify.annotations.NullMarked;
