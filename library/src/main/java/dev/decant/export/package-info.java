/**
 * Model folders: config.json and model.safetensors, written whole or not at all.
 */
@NullMarked
package dev.decant.export;

import org.jspecify.annotations.NullMarked;
