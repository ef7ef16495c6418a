/**
 * One file per architecture, and {@code Catalogue}, which lists them by timm's names.
 */
@NullMarked
package dev.decant.model;

import org.jspecify.annotations.NullMarked;
