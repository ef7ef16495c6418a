/**
 * Reading and writing files: whole or not at all, memory-mapped, hashed, out of archives.
 *
 * <p>Read {@link dev.decant.file.AtomicFile} first.
 */
@NullMarked
package dev.decant.file;

import org.jspecify.annotations.NullMarked;
